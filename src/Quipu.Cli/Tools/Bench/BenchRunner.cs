using System.Diagnostics;
using Quipu.Cpu;
using Quipu.Cpu.Limits;
using Quipu.Engine;
using Quipu.Gguf;
using Quipu.Models;

namespace Quipu.Cli.Tools.Bench;

/// <summary>Runs the tests of one number of threads over one model.</summary>
internal sealed class BenchRunner : IDisposable
{
    // Tokens of a prompt are drawn, as their choice changes nothing; the same in every run.
    private const int Seed = 42;

    private readonly CpuDevice _device;
    private readonly LanguageModel _model;
    private readonly InferenceContext _context;
    private readonly BenchOptions _options;
    private readonly float[] _logits;
    private readonly int[] _tokens;
    private readonly int[] _next = new int[1];

    private BenchRunner(CpuDevice device, LanguageModel model, InferenceContext context, BenchOptions options)
    {
        _device = device;
        _model = model;
        _context = context;
        _options = options;
        Workload = new Workload(model, options.KeyType, options.ValueType);
        int vocabulary = model.Model.Shape.VocabularySize;
        _logits = new float[vocabulary];
        var random = new Random(Seed);
        _tokens = [.. Enumerable.Range(0, context.ContextLength).Select(_ => random.Next(vocabulary))];
        if (model.Tokenizer.Bos is { } bos)
            _tokens[0] = bos;
    }

    /// <summary>The model.</summary>
    public LanguageModel Model => _model;

    /// <summary>The device.</summary>
    public CpuDevice Device => _device;

    /// <summary>What a token costs.</summary>
    public Workload Workload { get; }

    /// <summary>Opens the model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads; 0: one for each physical core.</param>
    /// <param name="options">What will be run.</param>
    /// <param name="enter">Told what begins.</param>
    /// <exception cref="ContextFullException">A test needs more positions than the model was trained for.</exception>
    public static BenchRunner Open(string path, int threads, BenchOptions options, Action<Stage> enter)
    {
        enter(Stage.Model);
        var device = new CpuDevice(new CpuDeviceOptions { Threads = threads });
        LanguageModel? model = null;
        try
        {
            model = LanguageModel.Load(GgufFile.Open(path, OwnContainer.Weights.Locate), device);
            enter(Stage.Context);
            int length = options.ContextLength, trained = model.TrainedContextLength;
            if (length > trained)
                throw new ContextFullException($"The longest test needs {length} tokens of context, but the model was trained for {trained}.");
            var context = new InferenceContext(model, device, new ContextOptions
            {
                ContextLength = length,
                MicroBatchSize = options.MicroBatchSize,
                KeyType = options.KeyType,
                ValueType = options.ValueType,
                // Each repetition goes back to the depth, also in layers with a sliding window.
                SlidingSlack = options.Tests.Max(test => test.Tokens),
            });
            enter(Stage.Evaluation);
            return new BenchRunner(device, model, context, options);
        }
        catch
        {
            model?.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <summary>Runs a test: once for warmth, then as often as asked for.</summary>
    public BenchResult Run(BenchTest test)
    {
        using var sequence = _context.CreateSequence();
        RunPrompt(sequence, test.Depth);
        if (_options.Warmup)
            Repeat(sequence, test);
        MachineLimits limits = _device.MeasureLimits(Workload.Weights);
        double[] samples = new double[_options.Repetitions];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = test.Tokens / Repeat(sequence, test).TotalSeconds;
        limits = limits.Or(_device.MeasureLimits(Workload.Weights));
        double limit = Workload.LimitRate(test, _options.MicroBatchSize, limits);
        return new BenchResult(test, _device.Description.Threads, samples, limits, limit, Memory());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context.Dispose();
        _model.Dispose();
        _device.Dispose();
    }

    private TimeSpan Repeat(Sequence sequence, BenchTest test)
    {
        if (sequence.Truncate(test.Depth) < test.Depth)
            RunPrompt(sequence, test.Depth);
        long start = Stopwatch.GetTimestamp();
        if (test.Kind == BenchKind.Prompt)
            RunPrompt(sequence, test.Depth + test.Tokens);
        else
            Generate(sequence, test.Tokens);
        return Stopwatch.GetElapsedTime(start);
    }

    // Up to a length, ending with the logits of the last token.
    private void RunPrompt(Sequence sequence, int length)
    {
        while (sequence.Length < length)
        {
            int count = Math.Min(_options.MicroBatchSize, length - sequence.Length);
            var logits = sequence.Length + count == length ? LogitsWanted.Last : LogitsWanted.None;
            _context.Forward([new SequenceRun(sequence, _tokens.AsMemory(sequence.Length, count), logits)]);
            if (logits == LogitsWanted.Last)
                _context.ReadLogits(0, _logits);
        }
    }

    private void Generate(Sequence sequence, int count)
    {
        _next[0] = _tokens[0];
        for (int i = 0; i < count; i++)
        {
            _context.Forward([new SequenceRun(sequence, _next, LogitsWanted.Last)]);
            _context.ReadLogits(0, _logits);
            _next[0] = MostLikely.Of(_logits);
        }
    }

    private BenchMemory Memory() => new(_context.CacheBytes, _context.ActivationBytes, ProcessMemory.Anonymous());
}
