namespace Quipu.Cli.Flags;

/// <summary>Flags that choose the mode, and those that say what runs where.</summary>
internal static class GeneralFlags
{
    public static readonly FlagDefinition Chat = new("--chat")
    {
        Modes = Modes.Generating,
        Group = FlagGroup.General,
        Help = "talk to the model in the terminal, without a server beside; without a mode flag there is one",
    };

    public static readonly FlagDefinition Script = new("--cli")
    {
        Modes = Modes.Generating,
        Group = FlagGroup.General,
        Help = "script mode: answer one prompt on stdout and end",
    };

    public static readonly FlagDefinition Server = new("--server")
    {
        Modes = Modes.Generating,
        Group = FlagGroup.General,
        Help = "serve the model over HTTP: OpenAI's API, and a page to talk to it",
    };

    public static readonly FlagDefinition Help = new("-h", "-help", "--help")
    {
        Modes = Modes.All,
        Group = FlagGroup.General,
        Help = "show this help",
    };

    public static readonly FlagDefinition Version = new("--version")
    {
        Modes = Modes.All,
        Group = FlagGroup.General,
        Help = "show the version",
    };

    public static readonly FlagDefinition Verbose = new("-v", "--verbose")
    {
        Modes = Modes.All,
        Group = FlagGroup.General,
        Help = "say more: what starting costs, and the place of an unexpected error",
    };

    public static readonly FlagDefinition Model = new("-m", "--model")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Computing | Modes.Tokenize | Modes.Template | Modes.Bench,
        Group = FlagGroup.Model,
        Help = "GGUF file, the first of a split set, a llamafile, or an entry of one: FILE@NAME",
        Default = "the model in this file, or the bundled one",
        Hint = "give the file itself: quipu inspect FILE",
    };

    public static readonly FlagDefinition ChatTemplate = new("--chat-template")
    {
        Kind = FlagKind.Text,
        ValueName = "JINJA",
        Modes = Modes.Generating,
        Group = FlagGroup.Model,
        Help = "text of a Jinja chat template to use in place of the model's own",
        Hint = "quipu template has --template FILE",
    };

    public static readonly FlagDefinition ChatTemplateFile = new("--chat-template-file")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Generating,
        Group = FlagGroup.Model,
        Help = "file of a Jinja chat template to use in place of the model's own",
        Hint = "quipu template has --template FILE",
    };

    public static readonly FlagDefinition ContextSize = new("-c", "--ctx-size")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Computing,
        Group = FlagGroup.Computation,
        Help = "tokens of context; 0: as many as the model was trained for (default 8192)",
        HelpIn = [(Modes.Perplexity, "tokens of a chunk; 0: as many as the model was trained for (default 512)")],
        Range = new(0, int.MaxValue),
    };

    public static readonly FlagDefinition BatchSize = new("-b", "--batch-size")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Computing | Modes.Bench,
        Group = FlagGroup.Computation,
        Help = "upper limit of --ubatch-size",
        Default = "2048",
        Range = new(1, 65536),
    };

    public static readonly FlagDefinition MicroBatchSize = new("-ub", "--ubatch-size")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Computing | Modes.Bench,
        Group = FlagGroup.Computation,
        Help = "tokens of a prompt that are computed at once",
        Default = "512",
        Range = new(1, 65536),
    };

    public static readonly FlagDefinition Threads = new("-t", "--threads")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Computing,
        Group = FlagGroup.Computation,
        Help = "threads that compute; the text does not depend on it",
        Default = "the number of physical cores",
        Range = new(1, 1024),
    };

    public static readonly FlagDefinition BatchThreads = new("-tb", "--threads-batch")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Computing,
        Group = FlagGroup.Computation,
        Help = "threads that compute a prompt",
        Default = "as --threads",
        Range = new(1, 1024),
    };

    public static readonly FlagDefinition KeyType = new("-ctk", "--cache-type-k")
    {
        Kind = FlagKind.Text,
        ValueName = "TYPE",
        Modes = Modes.Computing | Modes.Bench,
        Group = FlagGroup.Computation,
        Help = "how keys are kept: f16, or q8_0 in about half the memory",
        Default = "f16",
    };

    public static readonly FlagDefinition ValueType = new("-ctv", "--cache-type-v")
    {
        Kind = FlagKind.Text,
        ValueName = "TYPE",
        Modes = Modes.Computing | Modes.Bench,
        Group = FlagGroup.Computation,
        Help = "how values are kept: f16 or q8_0",
        Default = "f16",
    };

    /// <summary>The mode that a flag selects, or null.</summary>
    public static Modes? ModeOf(FlagDefinition flag) =>
        flag == Chat ? Modes.Chat : flag == Script ? Modes.Script : flag == Server ? Modes.Server : null;

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All =>
    [
        Chat, Script, Server, Help, Version, Verbose, Model, ChatTemplate, ChatTemplateFile,
        ContextSize, BatchSize, MicroBatchSize, Threads, BatchThreads, KeyType, ValueType,
    ];
}
