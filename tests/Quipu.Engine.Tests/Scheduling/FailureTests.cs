using System.Collections.Immutable;
using Quipu.Engine.Sampling;
using Quipu.Engine.Scheduling;

namespace Quipu.Engine.Tests.Scheduling;

/// <summary>What goes wrong goes wrong for those whom it concerns, and everything is given back.</summary>
public class FailureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_that_fails_ends_the_requests_of_the_pass_and_the_next_ones_work()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        var request = SchedulerFixture.Greedy(TinyModel.Text(50));
        var expected = await fixture.Run(request, Cancellation);
        fixture.Device.FailAfter(5);
        var error = await Assert.ThrowsAsync<IOException>(() => fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(50, seed: 9)), Cancellation));
        Assert.Equal("The device is gone.", error.Message);
        Assert.Equal(expected.LogProbs, (await fixture.Run(request with { CachePrompt = false }, Cancellation)).LogProbs);
        Assert.Equal(1, (await fixture.Idle()).Totals.Failed);
    }

    [Fact]
    public async Task A_choice_that_fails_ends_only_its_request()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        var good = SchedulerFixture.Greedy(TinyModel.Text(50), 40);
        var forbidden = Enumerable.Range(0, 1024).ToImmutableDictionary(id => id, _ => float.NegativeInfinity);
        var bad = good with
        {
            Prompt = TinyModel.Text(30, seed: 5),
            Options = good.Options with { Sampling = new SamplingOptions { LogitBias = forbidden } },
        };
        var running = fixture.Run(good, Cancellation);
        await Assert.ThrowsAsync<InvalidLogitsException>(() => fixture.Run(bad, Cancellation));
        Assert.Equal(40, (await running).Tokens.Length);
        Assert.Equal(0, (await fixture.Idle()).Totals.CachedTokens);
        Assert.Equal(1, fixture.Scheduler.Snapshot().KeptPrefixes); // the failed one is not kept
    }

    [Fact]
    public async Task A_reader_that_sleeps_loses_its_slot_and_delays_nobody()
    {
        var options = SchedulerFixture.Small with { Slots = 2, StepBuffer = 3, ReaderTimeout = TimeSpan.FromMilliseconds(400) };
        await using var fixture = new SchedulerFixture(options);
        await using var sleeper = fixture.Scheduler.GenerateAsync(SchedulerFixture.Greedy(TinyModel.Text(20), 100), Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await sleeper.MoveNextAsync());
        Assert.Equal(30, (await fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(30), 30), Cancellation)).Tokens.Length);
        await fixture.Idle(); // without the sleeper reading on
        int read = 1;
        await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            while (await sleeper.MoveNextAsync())
                read++;
        });
        Assert.InRange(read, 3, 5);
    }

    [Fact]
    public async Task A_slow_reader_gets_everything()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small with { StepBuffer = 1 });
        var request = SchedulerFixture.Greedy(TinyModel.Text(20), 50);
        var tokens = new List<int>();
        await foreach (var step in fixture.Scheduler.GenerateAsync(request, Cancellation))
        {
            tokens.Add(step.Token);
            if (tokens.Count % 10 == 0)
                await Task.Delay(20, Cancellation);
        }

        await using var other = new SchedulerFixture(SchedulerFixture.Small);
        Assert.Equal((await other.Run(request, Cancellation)).Tokens, tokens);
    }

    [Fact]
    public async Task What_cannot_run_is_refused_with_the_numbers()
    {
        await using var fixture = new SchedulerFixture(SchedulerFixture.Small);
        var full = await Assert.ThrowsAsync<ContextFullException>(() => fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(256)), Cancellation));
        Assert.Equal((256, 256), (full.Tokens, full.ContextLength));
        await Assert.ThrowsAsync<ContextFullException>(() => fixture.Scheduler.EmbedAsync(TinyModel.Text(257), EmbeddingPooling.Mean, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Run(SchedulerFixture.Greedy([]), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Run(SchedulerFixture.Greedy([1024]), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Scheduler.EmbedAsync(default, EmbeddingPooling.Mean, Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => fixture.Run(SchedulerFixture.Greedy([2]) with { TopLogProbs = 21 }, Cancellation));
        Assert.Equal(new SchedulerTotals(), fixture.Scheduler.Snapshot().Totals);
    }

    [Fact]
    public async Task Closing_ends_everything_and_gives_all_blocks_back()
    {
        var fixture = new SchedulerFixture(SchedulerFixture.Small with { Slots = 2 });
        await fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(60)), Cancellation);
        Assert.True(fixture.Scheduler.Snapshot().CacheUsedBytes > 0);
        var running = Enumerable.Range(0, 5).Select(i => fixture.Run(SchedulerFixture.Greedy(TinyModel.Text(200, seed: i), 50), Cancellation)).ToList();
        await fixture.DisposeAsync();
        foreach (var request in running)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal(0, fixture.Scheduler.Snapshot().CacheUsedBytes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.Run(SchedulerFixture.Greedy([2]), Cancellation));
    }
}
