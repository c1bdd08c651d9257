using Quipu.Cpu;
using Quipu.Engine;
using Quipu.Engine.Sampling;
using Quipu.Engine.Scheduling;
using Quipu.Testing;

namespace Quipu.Extensions.AI.Tests;

/// <summary>The bundled model behind a scheduler, opened once for all tests of a class.</summary>
public sealed class BundledModel : IAsyncDisposable
{
    private readonly CpuDevice _device = new();

    public BundledModel()
    {
        Language = LanguageModel.Load(TestPaths.BundledModel, _device);
        Scheduler = new InferenceScheduler(Language, _device, new SchedulerOptions { ContextLength = 1024 });
    }

    public LanguageModel Language { get; }

    public InferenceScheduler Scheduler { get; }

    /// <summary>Short and the same each time.</summary>
    public static GenerationOptions Greedy { get; } = new() { MaxTokens = 24, Sampling = new SamplingOptions { Temperature = 0 } };

    public async ValueTask DisposeAsync()
    {
        await Scheduler.DisposeAsync();
        Language.Dispose();
        _device.Dispose();
    }
}
