using Quipu.Engine.Scheduling;

namespace Quipu.Engine.Tests.Scheduling;

public class SchedulerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_gets_what_it_gets_alone()
    {
        int[][] prompts = [.. Enumerable.Range(1, 12).Select(i => TinyModel.Text(5 + 17 * i, seed: i))];
        var alone = new List<Answer>();
        foreach (int[] prompt in prompts)
        {
            await using var single = new SchedulerFixture(SchedulerFixture.Small with { Slots = 1 });
            alone.Add(await single.Run(SchedulerFixture.Greedy(prompt), Cancellation));
        }

        await using var shared = new SchedulerFixture(SchedulerFixture.Small);
        var together = await Task.WhenAll(prompts.Select(prompt => shared.Run(SchedulerFixture.Greedy(prompt), Cancellation)));
        for (int i = 0; i < prompts.Length; i++)
        {
            Assert.Equal(alone[i].Tokens, together[i].Tokens);
            Assert.Equal(alone[i].LogProbs, together[i].LogProbs);
        }
    }

    [Fact]
    public async Task A_scheduled_answer_is_the_generators()
    {
        using var model = new TinyModel(new ContextOptions { ContextLength = 256, MicroBatchSize = 32 });
        using var sequence = model.Context.CreateSequence();
        var request = SchedulerFixture.Greedy(TinyModel.Text(70), 30);
        var expected = new List<GeneratedText>();
        await foreach (var step in new TextGenerator(model.Context, sequence).GenerateAsync(request.Prompt, request.Options, null, Cancellation))
            expected.Add(step);
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        var answer = await fixture.Run(request, Cancellation);
        Assert.Equal(expected, answer.Steps.Select(step => new GeneratedText(step.Token, step.Text, step.Finish)));
        Assert.Equal((70, 0, 30), (answer.Statistics.PromptTokens, answer.Statistics.ReusedTokens, answer.Statistics.GeneratedTokens));
    }

    [Fact]
    public async Task A_reader_that_leaves_frees_its_slot()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { Slots = 1 });
        await foreach (var _ in fixture.Scheduler.GenerateAsync(SchedulerFixture.Greedy(TinyModel.Text(40), 200), Cancellation))
            break;
        var snapshot = await fixture.Idle();
        Assert.Equal(1, snapshot.Totals.Cancelled);
        Assert.InRange(snapshot.Totals.GeneratedTokens, 1, 199);
    }

    [Fact]
    public async Task A_full_queue_refuses_with_an_estimate()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { Slots = 1, QueueLength = 1, StepBuffer = 1 });
        await using var first = fixture.Scheduler.GenerateAsync(SchedulerFixture.Greedy(TinyModel.Text(40)), Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await first.MoveNextAsync()); // holds the slot: it is not read on
        var second = fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(20)), Cancellation);
        var error = await Assert.ThrowsAsync<QueueFullException>(() => fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(20)), Cancellation));
        Assert.Equal(1, error.Waiting);
        Assert.True(error.RetryAfter >= TimeSpan.FromSeconds(1));
        while (await first.MoveNextAsync()) { }
        Assert.Equal(12, (await second).Tokens.Length);
        Assert.Equal(1, fixture.Scheduler.Snapshot().Totals.Refused);
    }

    [Fact]
    public async Task An_embedding_is_the_pooled_hidden_state()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        int[] text = TinyModel.Text(75);
        float[] last = await fixture.Scheduler.EmbedAsync(text, EmbeddingPooling.Last, Cancellation);
        float[] shorter = await fixture.Scheduler.EmbedAsync(text.AsMemory(0, 74), EmbeddingPooling.Last, Cancellation);
        float[] both = await fixture.Scheduler.EmbedAsync(text, EmbeddingPooling.Mean, Cancellation);
        float[] allButLast = await fixture.Scheduler.EmbedAsync(text.AsMemory(0, 74), EmbeddingPooling.Mean, Cancellation);
        Assert.Equal(fixture.Language.Model.Shape.EmbeddingLength, last.Length);
        Assert.NotEqual(last, shorter);
        for (int i = 0; i < last.Length; i++)
            Assert.Equal(both[i] * 75, allButLast[i] * 74 + last[i], 1e-3f);
        float[] cls = await fixture.Scheduler.EmbedAsync(text, EmbeddingPooling.Cls, Cancellation);
        Assert.Equal(await fixture.Scheduler.EmbedAsync(text.AsMemory(0, 1), EmbeddingPooling.Mean, Cancellation), cls);
    }

    [Fact]
    public async Task Log_probabilities_are_of_the_whole_vocabulary_and_of_the_prompt_too()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        int[] prompt = TinyModel.Text(45);
        var answer = await fixture.Run(SchedulerFixture.Greedy(prompt, 3) with { TopLogProbs = 5, PromptLogProbs = true }, Cancellation);
        var probs = answer.Steps[0].LogProbs!;
        Assert.Equal(probs.Chosen, probs.Top[0]); // greedy
        Assert.Equal(5, probs.Top.Length);
        Assert.Equal(probs.Top.OrderByDescending(top => top.LogProb), probs.Top);
        var ofPrompt = answer.Steps[0].PromptLogProbs!;
        Assert.Equal(45, ofPrompt.Count);
        Assert.Null(ofPrompt[0]);
        Assert.Equal(prompt[1..], ofPrompt.Skip(1).Select(known => known!.Chosen.Token));
        Assert.All(answer.Steps.Skip(1), step => Assert.Null(step.PromptLogProbs));

        // A prompt's token has the probability that it had when it was chosen.
        var longer = await fixture.Run(SchedulerFixture.Greedy([.. prompt, answer.Tokens[0]], 1) with { TopLogProbs = 5, PromptLogProbs = true }, Cancellation);
        Assert.Equal(probs.Chosen.LogProb, longer.Steps[0].PromptLogProbs![^1]!.Chosen.LogProb);
        var all = await fixture.Run(SchedulerFixture.Greedy(prompt, 0) with { PromptLogProbs = true }, Cancellation);
        Assert.Equal((-1, FinishReason.MaxTokens), (all.Tokens.Single(), all.Finish));
        Assert.Equal(ofPrompt.Skip(1).Select(known => known!.Chosen.LogProb), all.Steps[0].PromptLogProbs!.Skip(1).Select(known => known!.Chosen.LogProb));
    }

    [Fact]
    public async Task A_context_shift_goes_on_as_if_the_prompt_had_been_the_rest()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { ContextLength = 64 });
        var request = SchedulerFixture.Greedy(TinyModel.Text(40), 60);
        Assert.Equal((25, FinishReason.ContextFull), ((await fixture.Run(request, Cancellation)) is var cut ? cut.Tokens.Length : 0, cut.Finish));
        var shifted = request with { Options = request.Options with { ContextShift = true, KeepTokens = 10 } };
        var answer = await fixture.Run(shifted, Cancellation);
        Assert.Equal(60, answer.Tokens.Length);
        Assert.Equal(cut.Tokens, answer.Tokens[..25]);

        // 64 tokens fill the context; of the 54 behind the first 10 the newer 27 stay, and the 25th token follows them.
        int[] text = [.. request.Prompt.ToArray(), .. answer.Tokens[..25]];
        var rest = await fixture.Run(SchedulerFixture.Greedy([.. text[..10], .. text[37..]], 10) with { CachePrompt = false }, Cancellation);
        Assert.Equal(answer.Tokens[25..35], rest.Tokens);
        Assert.Equal(answer.LogProbs[25..35], rest.LogProbs);
    }

    [Fact]
    public async Task A_long_prompt_does_not_hold_up_an_answer()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { ContextLength = 2048, MicroBatchSize = 256, PromptSlice = TimeSpan.FromTicks(1) });
        await using var answer = fixture.Scheduler.GenerateAsync(SchedulerFixture.Greedy(TinyModel.Text(20), 60), Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await answer.MoveNextAsync());
        long passes = fixture.Scheduler.Snapshot().Totals.Passes;
        var done = new ProgressLog();
        var prompt = fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(1500, seed: 4), 1) with { Progress = done }, Cancellation);
        while (await answer.MoveNextAsync()) { }
        await prompt;
        Assert.Equal(16, done.Seen[1] - done.Seen[0]); // the least share while somebody generates
        Assert.Equal(256, done.Seen[^2] - done.Seen[^3]); // all once nobody does
        Assert.True(fixture.Scheduler.Snapshot().Totals.Passes - passes < 90, "Each pass takes both.");
    }

    private sealed class ProgressLog : IProgress<PromptProgress>
    {
        public List<int> Seen { get; } = [];

        public void Report(PromptProgress value) => Seen.Add(value.Done);
    }
}
