using System.Text.Json;
using Quipu.Engine.Tests.Golden;
using Quipu.Testing;

namespace Quipu.Engine.Tests;

/// <summary>Perplexity against llama.cpp's, and its arithmetic against double.</summary>
public class PerplexityTests
{
    // The first chunks of the golden 20: enough to find a wrong window, BOS or half, and done in seconds.
    private const int Chunks = 3;

    [Theory]
    [InlineData(RealModel.SmolLM2)]
    [InlineData(RealModel.Gemma)]
    public void Perplexity_is_within_one_percent_of_the_exact_one(string name)
    {
        string text = File.ReadAllText(TestPaths.Require(TestPaths.Shared("golden", "perplexity.txt"), "The text of the golden perplexity"));
        using var golden = JsonDocument.Parse(File.ReadAllText(TestPaths.Fixture(name, "perplexity.json")));
        var exact = golden.RootElement.GetProperty("exact");
        using var device = RealModel.Fast();
        using var model = LanguageModel.Load(RealModel.PathOf(name), device);
        using var context = new InferenceContext(model, device, new ContextOptions { ContextLength = exact.GetProperty("ctx").GetInt32() });
        int[] tokens = model.Tokenizer.Encode(text, addSpecial: true, parseSpecial: false);
        Assert.Equal(exact.GetProperty("tokens_in_text").GetInt32(), tokens.Length);
        var perplexity = new Perplexity(context);
        Assert.Equal(tokens.Length / 512, perplexity.CountChunks(tokens.Length, -1));
        List<PerplexityChunk> reported = [];

        var result = perplexity.Measure(tokens, perplexity.CountChunks(tokens.Length, Chunks), reported.Add, TestContext.Current.CancellationToken);

        double[] expected = [.. exact.GetProperty("chunk_nll").EnumerateArray().Take(Chunks).Select(nll => nll.GetDouble())];
        Assert.Equal(Chunks, result.ChunkNll.Length);
        for (int i = 0; i < Chunks; i++)
            Assert.Equal(expected[i], result.ChunkNll[i], 0.03);
        Assert.InRange(result.Perplexity / Math.Exp(expected.Average()), 0.99, 1.01);
        Assert.InRange(result.Top1Accuracy, 0.3, 0.7);
        Assert.Equal(result.Perplexity, reported[^1].RunningPerplexity, 1e-9);
    }

    [Fact]
    public void Measuring_does_not_depend_on_the_batch()
    {
        using var device = RealModel.Fast();
        using var model = LanguageModel.Load(TestPaths.BundledModel, device);
        int[] tokens = model.Tokenizer.Encode(string.Concat(Enumerable.Range(0, 60).Select(i => $"Line {i}. ")), true, false);
        PerplexityResult[] results = [.. new[] { 512, 7, 1 }.Select(rows =>
        {
            using var context = new InferenceContext(model, device, new ContextOptions { ContextLength = 33, MicroBatchSize = rows });
            return new Perplexity(context).Measure(tokens, 2, null, TestContext.Current.CancellationToken);
        })];
        Assert.All(results, result => Assert.Equal(results[0].MeanNll, result.MeanNll, 1e-12));
    }

    [Fact]
    public void Too_little_text_says_how_much_is_needed()
    {
        using var device = RealModel.Fast();
        using var model = LanguageModel.Load(TestPaths.BundledModel, device);
        using var context = new InferenceContext(model, device, new ContextOptions { ContextLength = 64 });
        var perplexity = new Perplexity(context);
        Assert.Contains("63 tokens, but one chunk needs 64", Assert.Throws<ContextFullException>(() => perplexity.CountChunks(63, -1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => perplexity.Measure(new int[127], 2, null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(49_153)]
    public void Probability_of_a_token_is_the_softmax(int vocabulary)
    {
        var random = new Random(vocabulary);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (float)(random.NextDouble() * 40 - 20))];
        int best = Array.IndexOf(logits, logits.Max());
        double total = logits.Sum(logit => Math.Exp(logit));
        foreach (int token in (int[])[0, vocabulary / 2, vocabulary - 1, best])
        {
            double nll = Perplexity.NegativeLogProbability(logits, token, out bool isBest);
            Assert.Equal(Math.Log(total) - logits[token], nll, 1e-5);
            Assert.Equal(token == best, isBest);
        }
    }
}
