using Quipu.Engine.Tests.Golden;

namespace Quipu.Engine.Tests.Scheduling;

/// <summary>The scheduler with real models: one with a window, one without.</summary>
public class RealModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RealModel.SmolLM2)]
    [InlineData(RealModel.Gemma)]
    public async Task Conversations_side_by_side_are_the_same_as_alone_and_share_their_start(string model)
    {
        var options = SchedulerFixture.Small with { ContextLength = 1024, MicroBatchSize = 128 };
        await using var fixture = new SchedulerFixture(options, RealModel.PathOf(model), threads: 2);
        string start = string.Concat(Enumerable.Repeat("You are a helpful assistant who answers in short and clear sentences. ", 4));
        string[] questions = ["Name three rivers.", "What is a prime number?", "Why is the sky blue?", "Write a line about autumn.", "2 + 2 ="];
        var requests = questions.Select(question =>
            SchedulerFixture.Greedy(fixture.Language.Tokenizer.Encode(start + question, addSpecial: true, parseSpecial: true))).ToList();
        var together = await Task.WhenAll(requests.Select(request => fixture.Run(request, Cancellation)));
        Assert.True(together.Sum(answer => answer.Statistics.ReusedTokens) >= 3 * 50, "The common start is computed once.");
        for (int i = 0; i < requests.Count; i++)
        {
            var alone = await fixture.Run(requests[i] with { CachePrompt = false }, Cancellation);
            Assert.Equal(alone.Text, together[i].Text);
            Assert.Equal(alone.LogProbs, together[i].LogProbs);
        }

        int[] next = [.. requests[0].Prompt.ToArray(), .. together[0].Tokens, .. fixture.Language.Tokenizer.Encode(" And then?", false, false)];
        var turn = await fixture.Run(SchedulerFixture.Greedy(next), Cancellation);
        Assert.True(turn.Statistics.ReusedTokens >= requests[0].Prompt.Length + together[0].Tokens.Length - 1);
        Assert.Equal((await fixture.Run(SchedulerFixture.Greedy(next) with { CachePrompt = false }, Cancellation)).LogProbs, turn.LogProbs);
    }
}
