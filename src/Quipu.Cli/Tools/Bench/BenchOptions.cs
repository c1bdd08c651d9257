using Quipu.Cli.Flags;
using Quipu.Tensors;

namespace Quipu.Cli.Tools.Bench;

/// <summary>What a benchmark shall measure.</summary>
internal sealed record BenchOptions
{
    private const int MostTokens = 1 << 24;

    /// <summary>The tests of each number of threads, in order.</summary>
    public required IReadOnlyList<BenchTest> Tests { get; init; }

    /// <summary>Numbers of threads; 0: one for each physical core.</summary>
    public required IReadOnlyList<int> Threads { get; init; }

    /// <summary>Measurements of each test.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Whether each test runs once before it counts.</summary>
    public required bool Warmup { get; init; }

    /// <summary>Tokens of a prompt that are handed to the engine at once.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Tokens of a prompt that are computed at once.</summary>
    public required int MicroBatchSize { get; init; }

    /// <summary>How keys are stored.</summary>
    public required TensorType KeyType { get; init; }

    /// <summary>How values are stored.</summary>
    public required TensorType ValueType { get; init; }

    /// <summary>Positions that the longest test needs.</summary>
    public int ContextLength => Tests.Max(test => test.Depth + test.Tokens);

    /// <summary>Reads the flags.</summary>
    /// <exception cref="UsageException">A list is none, nothing is to be measured, or attention shall be computed otherwise than it is.</exception>
    public static BenchOptions Read(ParsedFlags flags)
    {
        if (flags.Operands.Count > 0)
            throw new UsageException($"'{flags.Operands[0]}' is no flag. The model is given with -m FILE.");
        if (flags.Text(BenchFlags.FlashAttention) is { } flash && flash is not ("1" or "on" or "auto"))
            throw new UsageException($"-fa is {flash}, but attention is always computed with a softmax that moves along the cache: -fa 1.");
        var prompts = List(flags, BenchFlags.Prompt, "512", 0, MostTokens);
        var generations = List(flags, BenchFlags.Generate, "128", 0, MostTokens);
        List<BenchTest> tests = [];
        foreach (int depth in List(flags, BenchFlags.Depth, "0", 0, MostTokens))
        {
            tests.AddRange(prompts.Where(tokens => tokens > 0).Select(tokens => new BenchTest(BenchKind.Prompt, tokens, depth)));
            tests.AddRange(generations.Where(tokens => tokens > 0).Select(tokens => new BenchTest(BenchKind.Generation, tokens, depth)));
        }
        if (tests.Count == 0)
            throw new UsageException("There is nothing to measure: -p and -n are both 0.");
        int batch = flags.Integer(GeneralFlags.BatchSize, 2048);
        return new BenchOptions
        {
            Tests = tests,
            Threads = flags.Has(BenchFlags.Threads) ? List(flags, BenchFlags.Threads, "", 1, 1024) : [0],
            Repetitions = flags.Integer(BenchFlags.Repetitions, 5),
            Warmup = !flags.IsOn(BenchFlags.NoWarmup),
            BatchSize = batch,
            MicroBatchSize = Math.Min(batch, flags.Integer(GeneralFlags.MicroBatchSize, 512)),
            KeyType = CacheTypes.OfKeys(flags),
            ValueType = CacheTypes.OfValues(flags),
        };
    }

    private static IReadOnlyList<int> List(ParsedFlags flags, FlagDefinition flag, string otherwise, int least, int most) =>
        NumberList.Parse(flags.Text(flag) ?? otherwise, flag.Name, least, most);
}

/// <summary>What is timed.</summary>
internal enum BenchKind
{
    /// <summary>A prompt, in passes of the micro-batch size, up to the logits of its last token.</summary>
    Prompt,
    /// <summary>Tokens one by one, each the most likely one after the one before.</summary>
    Generation,
}

/// <summary>One test.</summary>
/// <param name="Kind">What is timed.</param>
/// <param name="Tokens">How many tokens.</param>
/// <param name="Depth">Tokens in the cache before it begins.</param>
internal sealed record BenchTest(BenchKind Kind, int Tokens, int Depth)
{
    /// <summary>As llama-bench calls it.</summary>
    public string Name => (Kind == BenchKind.Prompt ? "pp" : "tg") + Tokens + (Depth > 0 ? $" @ d{Depth}" : "");
}
