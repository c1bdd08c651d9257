using System.Text;
using Quipu.Cpu;
using Quipu.Engine.Sampling;
using Quipu.Engine.Scheduling;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Scheduling;

/// <summary>The two-layer Gemma 3 (window 32) or another model behind a scheduler.</summary>
public sealed class SchedulerFixture : IAsyncDisposable
{
    public static readonly SchedulerOptions Small = new() { Slots = 4, ContextLength = 256, MicroBatchSize = 32, CacheBytes = 1 << 20, QueueLength = 1000 };

    public SchedulerFixture(SchedulerOptions options, string? path = null, int threads = 1)
    {
        Device = new FailingDevice(new CpuDevice(new CpuDeviceOptions { Threads = threads }));
        Language = LanguageModel.Load(path ?? TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"), Device);
        Scheduler = new InferenceScheduler(Language, Device, options);
    }

    internal FailingDevice Device { get; }

    public LanguageModel Language { get; }

    public InferenceScheduler Scheduler { get; }

    /// <summary>A greedy request that always has its full length.</summary>
    public static GenerationRequest Greedy(int[] prompt, int tokens = 12) => new()
    {
        Prompt = prompt,
        Options = new GenerationOptions { MaxTokens = tokens, Sampling = new SamplingOptions { Temperature = 0 }, IgnoreEndOfGeneration = true },
        TopLogProbs = 0,
    };

    /// <summary>Runs a request to its end.</summary>
    public async Task<Answer> Run(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        var steps = new List<GenerationStep>();
        await foreach (var step in Scheduler.GenerateAsync(request, cancellationToken))
            steps.Add(step);
        return new Answer(steps);
    }

    /// <summary>Waits until no slot works.</summary>
    public async Task<SchedulerSnapshot> Idle()
    {
        while (true)
        {
            var snapshot = Scheduler.Snapshot();
            if (snapshot.Waiting == 0 && snapshot.Slots.All(slot => slot.State == SlotState.Idle))
                return snapshot;
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.DisposeAsync();
        Language.Dispose();
        Device.Dispose();
    }
}

/// <summary>All steps of a request.</summary>
public sealed record Answer(IReadOnlyList<GenerationStep> Steps)
{
    public int[] Tokens => [.. Steps.Select(step => step.Token)];

    /// <summary>The log probabilities' bits: equal ones mean equal logits.</summary>
    public float[] LogProbs => [.. Steps.Select(step => step.LogProbs!.Chosen.LogProb)];

    public string Text => Steps.Aggregate(new StringBuilder(), (text, step) => text.Append(step.Text)).ToString();

    public FinishReason Finish => Steps[^1].Finish;

    public GenerationStatistics Statistics => Steps[^1].Statistics!;
}
