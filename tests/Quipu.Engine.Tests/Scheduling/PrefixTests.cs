namespace Quipu.Engine.Tests.Scheduling;

/// <summary>What is not computed again, and that it makes no difference.</summary>
public class PrefixTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_turn_computes_only_what_is_new()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        int[] first = TinyModel.Text(60);
        var one = await fixture.Run(SchedulerFixture.Greedy(first), Cancellation);
        int[] second = [.. first, .. one.Tokens, 400, 401];
        var two = await fixture.Run(SchedulerFixture.Greedy(second), Cancellation);
        Assert.Equal(60 + 11, two.Statistics.ReusedTokens); // the last token was chosen, but not computed
        await AssertAsAlone(fixture, second, two);
    }

    [Fact]
    public async Task Of_requests_that_come_together_one_computes_the_prompt_and_the_others_wait_for_it()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        int[] prompt = TinyModel.Text(200);
        int[][] prompts = [prompt, prompt, [.. prompt[..150], .. TinyModel.Text(30, seed: 3)]];
        var blocked = fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(220, seed: 8), 1), Cancellation); // gives the others time to come
        var answers = await Task.WhenAll(prompts.Select(tokens => fixture.Run(SchedulerFixture.Greedy(tokens), Cancellation)));
        await blocked;
        Assert.True(answers.Sum(answer => answer.Statistics.ReusedTokens) >= 160 + 118, "Two of the three had most of their prompts for nothing.");
        for (int i = 0; i < prompts.Length; i++)
            await AssertAsAlone(fixture, prompts[i], answers[i]);
    }

    [Fact]
    public async Task A_shared_start_behind_the_sliding_window_is_kept_once_it_is_asked_for_again()
    {
        // Layers with a window of 32 and 1 024 positions of slack have let go of the common start when the prompt is done.
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { ContextLength = 2048, MicroBatchSize = 64 });
        int[] system = TinyModel.Text(100);
        int[] Prompt(int seed) => [.. system, .. TinyModel.Text(1400, seed)[1..]];
        var first = await fixture.Run(SchedulerFixture.Greedy(Prompt(2), 4), Cancellation);
        var second = await fixture.Run(SchedulerFixture.Greedy(Prompt(3), 4), Cancellation);
        var third = await fixture.Run(SchedulerFixture.Greedy(Prompt(4), 4), Cancellation);
        Assert.Equal([0, 0, 100], new[] { first, second, third }.Select(answer => answer.Statistics.ReusedTokens));
        await AssertAsAlone(fixture, Prompt(4), third, 4);
    }

    [Fact]
    public async Task Memory_is_bounded_and_the_least_recently_used_goes_first()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { Slots = 1, CacheBytes = 0 });
        int[][] texts = [.. Enumerable.Range(0, 12).Select(i => TinyModel.Text(60, seed: i + 20))];
        for (int i = 0; i < texts.Length; i++)
        {
            await fixture.Run(SchedulerFixture.Greedy(texts[0], 2), Cancellation); // always used
            var answer = await fixture.Run(SchedulerFixture.Greedy(texts[i], 2), Cancellation);
            Assert.Equal(i == 0 ? 59 : 0, answer.Statistics.ReusedTokens);
        }

        Assert.Equal(59, (await fixture.Run(SchedulerFixture.Greedy(texts[0], 2), Cancellation)).Statistics.ReusedTokens);
        Assert.Equal(0, (await fixture.Run(SchedulerFixture.Greedy(texts[1], 2), Cancellation)).Statistics.ReusedTokens);
        var snapshot = fixture.Scheduler.Snapshot();
        Assert.True(snapshot.Totals.EvictedPrefixes > 0);
        Assert.True(snapshot.CacheUsedBytes <= snapshot.CacheBytes);
    }

    private static async Task AssertAsAlone(SchedulerFixture fixture, int[] prompt, Answer answer, int tokens = 12)
    {
        var alone = await fixture.Run(SchedulerFixture.Greedy(prompt, tokens) with { CachePrompt = false }, Cancellation);
        Assert.Equal(0, alone.Statistics.ReusedTokens);
        Assert.Equal(alone.Tokens, answer.Tokens);
        Assert.Equal(alone.LogProbs, answer.LogProbs);
    }
}
