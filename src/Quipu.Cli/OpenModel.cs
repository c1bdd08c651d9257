using System.Diagnostics;
using Quipu.Cli.Flags;
using Quipu.Cpu;
using Quipu.Engine;
using Quipu.Gguf;
using Quipu.Tensors;

namespace Quipu.Cli;

/// <summary>A model, the device that it runs on, and a context, as the flags ask for them.</summary>
internal sealed class OpenModel : IDisposable
{
    private readonly InferenceContext? _context;

    private OpenModel(IDevice device, LanguageModel model, InferenceContext? context, TimeSpan loadTime, TimeSpan contextTime)
    {
        Device = device;
        Model = model;
        _context = context;
        LoadTime = loadTime;
        ContextTime = contextTime;
    }

    /// <summary>Where it runs.</summary>
    public IDevice Device { get; }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Its cache and buffers.</summary>
    /// <exception cref="InvalidOperationException">It was opened without.</exception>
    public InferenceContext Context => _context ?? throw new InvalidOperationException("The model was opened without a context.");

    /// <summary>What opening device and model took.</summary>
    public TimeSpan LoadTime { get; }

    /// <summary>What making the context took.</summary>
    public TimeSpan ContextTime { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="flags">Model, template, threads, context and batch sizes.</param>
    /// <param name="contextLength">Tokens of context, where the flags do not say.</param>
    /// <param name="enter">Told what begins.</param>
    /// <param name="withContext">Whether to make a context; a scheduler makes its own.</param>
    public static OpenModel Open(ParsedFlags flags, int contextLength, Action<Stage> enter, bool withContext = true)
    {
        string? template = Modes.Generating.HasFlag(flags.Mode) ? InputText.ReadTemplate(flags) : null;
        string name = DefaultModel.Of(flags);
        var (keyType, valueType) = (CacheTypes.OfKeys(flags), CacheTypes.OfValues(flags));
        enter(Stage.Model);
        long start = Stopwatch.GetTimestamp();
        var device = new CpuDevice(new CpuDeviceOptions
        {
            Threads = flags.Integer(GeneralFlags.Threads, 0),
            BatchThreads = flags.Integer(GeneralFlags.BatchThreads, 0),
        });
        LanguageModel? model = null;
        try
        {
            model = LanguageModel.Load(GgufFile.Open(name, OwnContainer.Weights.Locate), device, template);
            var loadTime = Stopwatch.GetElapsedTime(start);
            enter(Stage.Context);
            start = Stopwatch.GetTimestamp();
            var context = !withContext ? null : new InferenceContext(model, device, new ContextOptions
            {
                ContextLength = flags.Integer(GeneralFlags.ContextSize, contextLength),
                MicroBatchSize = MicroBatchSize(flags),
                KeyType = keyType,
                ValueType = valueType,
            });
            return new OpenModel(device, model, context, loadTime, Stopwatch.GetElapsedTime(start));
        }
        catch
        {
            model?.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <summary>Tokens that are computed at once.</summary>
    public static int MicroBatchSize(ParsedFlags flags) =>
        Math.Min(flags.Integer(GeneralFlags.BatchSize, 2048), flags.Integer(GeneralFlags.MicroBatchSize, 512));

    /// <inheritdoc/>
    public void Dispose()
    {
        _context?.Dispose();
        Model.Dispose();
        Device.Dispose();
    }
}
