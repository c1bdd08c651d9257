namespace Quipu.Cli.Flags;

/// <summary>
/// Flags of the benchmark, named as llama-bench names them. Some are spelled like a flag of the other modes and mean something else there.
/// </summary>
internal static class BenchFlags
{
    private const string Lists = "a list such as 128,512 or a range such as 1-4";

    public static readonly FlagDefinition Prompt = new("-p", "--n-prompt")
    {
        Kind = FlagKind.Text,
        ValueName = "N,…",
        Modes = Modes.Bench,
        Group = FlagGroup.Generation,
        Help = $"tokens of a prompt; {Lists}; 0: none",
        Default = "512",
    };

    public static readonly FlagDefinition Generate = new("-n", "--n-gen")
    {
        Kind = FlagKind.Text,
        ValueName = "N,…",
        Modes = Modes.Bench,
        Group = FlagGroup.Generation,
        Help = "tokens to generate; a list; 0: none",
        Default = "128",
    };

    public static readonly FlagDefinition Depth = new("-d", "--n-depth")
    {
        Kind = FlagKind.Text,
        ValueName = "N,…",
        Modes = Modes.Bench,
        Group = FlagGroup.Generation,
        Help = "tokens that are in the cache before the test begins; a list",
        Default = "0",
    };

    public static readonly FlagDefinition Repetitions = new("-r", "--repetitions")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Bench,
        Group = FlagGroup.Generation,
        Help = "measurements of each test, after one that does not count",
        Default = "5",
        Range = new(1, 10_000),
    };

    public static readonly FlagDefinition NoWarmup = new("--no-warmup")
    {
        Modes = Modes.Bench,
        Group = FlagGroup.Generation,
        Help = "measure at once: the weights are read once all the same, when the limits are measured",
        Hint = "there is no warm-up elsewhere",
    };

    public static readonly FlagDefinition Threads = new("-t", "--n-threads", "--threads")
    {
        Kind = FlagKind.Text,
        ValueName = "N,…",
        Modes = Modes.Bench,
        Group = FlagGroup.Computation,
        Help = "threads that compute; a list",
        Default = "the number of physical cores",
    };

    public static readonly FlagDefinition FlashAttention = new("-fa", "--flash-attn")
    {
        Kind = FlagKind.Text,
        ValueName = "1",
        Modes = Modes.Bench,
        Group = FlagGroup.Computation,
        Help = "1, on or auto: attention is always computed so, with a softmax that moves along the cache",
        Hint = "attention is always computed so",
    };

    public static readonly FlagDefinition Format = new("-o", "--output")
    {
        Kind = FlagKind.Text,
        ValueName = "FORMAT",
        Modes = Modes.Bench,
        Group = FlagGroup.Output,
        Help = "text, md, csv or json",
        Default = "text",
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All => [Prompt, Generate, Depth, Repetitions, NoWarmup, Threads, FlashAttention, Format];
}
