using System.Collections.Concurrent;

namespace Quipu.Engine.Tests.Scheduling;

public class StressTests
{
    private const int Clients = 64;
    private const int RequestsPerClient = 4;

    [Fact]
    public async Task Many_clients_that_share_prefixes_and_leave_at_random_get_their_answers_and_leave_nothing_behind()
    {
        var options = SchedulerFixture.Small with { Slots = 8, StepBuffer = 4, CacheBytes = 200_000 };
        var fixture = new SchedulerFixture(options, threads: 2);
        var answers = new ConcurrentBag<(int[] Prompt, Answer Answer)>();
        int left = 0;
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            int[] conversation = [.. TinyModel.Text(40, seed: client % 3)];
            for (int i = 0; i < RequestsPerClient; i++)
            {
                conversation = [.. conversation, .. TinyModel.Text(random.Next(2, 20), random.Next(4))[1..]];
                if (random.Next(3) == 0)
                {
                    await Leave(fixture, conversation, random);
                    Interlocked.Increment(ref left);
                    continue;
                }

                var answer = await fixture.Run(SchedulerFixture.Greedy(conversation, random.Next(1, 12)), TestContext.Current.CancellationToken);
                answers.Add((conversation, answer));
                conversation = [.. conversation, .. answer.Tokens];
            }
        }, TestContext.Current.CancellationToken));
        await Task.WhenAll(clients);

        var idle = await fixture.Idle();
        Assert.Equal(Clients * RequestsPerClient, answers.Count + left);
        Assert.InRange(idle.Totals.Cancelled, 1, left); // some left before they came, some when all was done
        Assert.InRange(idle.Totals.Completed, answers.Count, Clients * RequestsPerClient);
        Assert.Equal(0, idle.Totals.Failed + idle.Totals.Refused);
        Assert.True(idle.Totals.CachedTokens > idle.Totals.PromptTokens / 3, "Conversations go on and starts are shared.");
        foreach (var (prompt, answer) in answers.Take(40))
        {
            var alone = await fixture.Run(SchedulerFixture.Greedy(prompt, answer.Tokens.Length) with { CachePrompt = false }, TestContext.Current.CancellationToken);
            Assert.Equal(alone.LogProbs, answer.LogProbs);
        }

        await fixture.DisposeAsync();
        Assert.Equal(0, fixture.Scheduler.Snapshot().CacheUsedBytes);
    }

    private static async Task Leave(SchedulerFixture fixture, int[] prompt, Random random)
    {
        using var leaving = new CancellationTokenSource();
        int after = random.Next(0, 6);
        try
        {
            if (after == 5)
                leaving.CancelAfter(random.Next(0, 5));
            int steps = 0;
            await foreach (var _ in fixture.Scheduler.GenerateAsync(SchedulerFixture.Greedy(prompt, 20), leaving.Token))
                if (++steps > after && after < 5)
                    break;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
        }
    }
}
