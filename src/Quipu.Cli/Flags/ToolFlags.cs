namespace Quipu.Cli.Flags;

/// <summary>Flags that only tools have.</summary>
internal static class ToolFlags
{
    public static readonly FlagDefinition Json = new("--json")
    {
        Modes = Modes.Inspect | Modes.Tokenize | Modes.Perplexity | Modes.List | Modes.Verify,
        Group = FlagGroup.Output,
        Help = "write one JSON object",
        Hint = "--jsonl reads and writes JSON, one object a line",
    };

    public static readonly FlagDefinition JsonLines = new("--jsonl")
    {
        Modes = Modes.Tokenize | Modes.Template | Modes.Grammar,
        Group = FlagGroup.Output,
        Help = "read a JSON string a line, write an array of ids a line; with --decode the other way round",
        HelpIn =
        [
            (Modes.Template, "read a request a line, write {\"prompt\":…} or {\"error\":…,\"line\":…} a line"),
            (Modes.Grammar, "read a JSON string a line, or an array of token ids and strings, and judge each"),
        ],
    };

    public static readonly FlagDefinition NoSpecial = new("--no-special")
    {
        Modes = Modes.Tokenize,
        Group = FlagGroup.Generation,
        Help = "take the names of special tokens as plain text; decoding: leave special tokens out",
    };

    public static readonly FlagDefinition NoBos = new("--no-bos")
    {
        Modes = Modes.Tokenize,
        Group = FlagGroup.Generation,
        Help = "add no BOS or EOS; decoding: do not take them away",
    };

    public static readonly FlagDefinition Decode = new("--decode")
    {
        Modes = Modes.Tokenize,
        Group = FlagGroup.Generation,
        Help = "turn token ids into text",
    };

    public static readonly FlagDefinition Template = new("--template")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Template,
        Group = FlagGroup.Model,
        Help = "file of a Jinja chat template",
        Hint = "use --chat-template-file FILE",
    };

    public static readonly FlagDefinition Variables = new("--variables")
    {
        Modes = Modes.Template,
        Group = FlagGroup.Input,
        Help = "the request's members are the template's variables; nothing else is passed",
    };

    public static readonly FlagDefinition Now = new("--now")
    {
        Kind = FlagKind.Text,
        ValueName = "TIME",
        Modes = Modes.Template,
        Group = FlagGroup.Input,
        Help = "what strftime_now takes for the time, such as 2025-01-31T12:00:00",
        Default = "the time now",
    };

    public static readonly FlagDefinition Chunks = new("--chunks")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Perplexity,
        Group = FlagGroup.Generation,
        Help = "chunks to measure at most; −1: all",
        Default = "-1",
        Range = new(-1, int.MaxValue),
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All => [Json, JsonLines, NoSpecial, NoBos, Decode, Template, Variables, Now, Chunks];
}
