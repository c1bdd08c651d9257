namespace Quipu.Engine.Tests.Golden;

/// <summary>The reference device against llama.cpp's exact computation (F32 over the decoded weights).</summary>
public class ExactTests
{
    // Below this lead two F32 computations in different order may disagree.
    private const float SafeLead = 0.02f;
    private const float LogitBound = 0.02f;

    [Theory]
    [InlineData(RealModel.SmolLM2)]
    [InlineData(RealModel.Gemma)]
    public void Reference_device_equals_the_exact_results(string model)
    {
        using var device = RealModel.Exact();
        using var language = LanguageModel.Load(RealModel.PathOf(model), device);
        using var context = new InferenceContext(language, device, new ContextOptions { ContextLength = 4096, MaxSequences = 4 });
        var prompts = GoldenPrompt.Read(model, "exact.json");
        var runs = prompts.Select(prompt => new PromptRun(prompt.WithAnswer) { Kept = prompt.Ids.Length - 1 }).ToArray();
        PromptRun.Run(context, runs, sequences: 4);
        foreach (var (prompt, run) in prompts.Zip(runs))
        {
            CheckPositions(prompt, run);
            CheckGreedy(prompt, run);
            foreach (float[] entry in prompt.Top10)
                Assert.True(Math.Abs(run.KeptLogits[(int)entry[0]] - entry[1]) <= LogitBound,
                    $"{prompt.Name}: logit of {entry[0]} is {run.KeptLogits[(int)entry[0]]}, not {entry[1]}");
            Assert.Equal(prompt.MeanNll ?? 0, run.MeanNll, 0.01);
        }
    }

    private static void CheckPositions(GoldenPrompt prompt, PromptRun run)
    {
        for (int i = 0; i < prompt.Argmax.Length; i++)
            if (prompt.ArgmaxMargin[i] >= SafeLead)
                Assert.True(prompt.Argmax[i] == run.Argmax[i],
                    $"{prompt.Name}: after {i} comes {run.Argmax[i]}, not {prompt.Argmax[i]} (lead {prompt.ArgmaxMargin[i]})");
    }

    private static void CheckGreedy(GoldenPrompt prompt, PromptRun run)
    {
        for (int k = 0; k < prompt.Greedy.Length && prompt.GreedyMargin[k] >= SafeLead; k++)
            Assert.True(prompt.Greedy[k] == run.Argmax[prompt.Ids.Length - 1 + k], $"{prompt.Name}: greedy token {k} differs");
    }
}
