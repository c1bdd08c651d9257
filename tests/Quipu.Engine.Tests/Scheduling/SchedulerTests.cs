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
    public async Task The_next_turn_computes_only_what_is_new()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        int[] first = TinyModel.Text(60);
        var one = await fixture.Run(SchedulerFixture.Greedy(first), Cancellation);
        int[] second = [.. first, .. one.Tokens, 400, 401];
        var two = await fixture.Run(SchedulerFixture.Greedy(second), Cancellation);
        Assert.Equal(60 + 11, two.Statistics.ReusedTokens); // the last token was chosen, but not computed
        var again = await fixture.Run(SchedulerFixture.Greedy(second) with { CachePrompt = false }, Cancellation);
        Assert.Equal(0, again.Statistics.ReusedTokens);
        Assert.Equal(again.LogProbs, two.LogProbs);
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
}
