namespace Quipu.Cli.Flags;

/// <summary>Flags of what the generating modes read and write.</summary>
internal static class TextFlags
{
    public static readonly FlagDefinition Prompt = new("-p", "--prompt")
    {
        Kind = FlagKind.Text,
        ValueName = "TEXT",
        Modes = Modes.Generating,
        Group = FlagGroup.Input,
        Help = "the prompt",
        HelpIn = [(Modes.Chat, "the system prompt"), (Modes.Server, "the system prompt of conversations that bring none")],
        Hint = "give the text itself, without a flag, or -f FILE",
    };

    public static readonly FlagDefinition SystemPrompt = new("-sys", "--system-prompt")
    {
        Kind = FlagKind.Text,
        ValueName = "TEXT",
        Modes = Modes.Generating,
        Group = FlagGroup.Input,
        Help = "the system prompt, for a model with a chat template",
    };

    public static readonly FlagDefinition InputFile = new("-f", "--file")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Generating | Modes.Tokenize | Modes.Template | Modes.Perplexity,
        Group = FlagGroup.Input,
        Help = "the text; - is stdin",
        HelpIn =
        [
            (Modes.Chat, "a text file to talk about"),
            (Modes.Server, "a text file that conversations without a system prompt begin with"),
            (Modes.Script, "the prompt, or what follows the one of -p; - or /dev/stdin: what is piped in"),
            (Modes.Template, "the request, a chat-completions body; - is stdin"),
        ],
        Hint = "give the file itself: quipu inspect FILE",
    };

    public static readonly FlagDefinition Escape = new("-e", "--escape")
    {
        OffNames = ["--no-escape"],
        Modes = Modes.Generating,
        Group = FlagGroup.Input,
        Help = @"read \n, \t, \\ and so on in prompts given as flags; --no-escape: take them as they are",
        Default = "on",
    };

    public static readonly FlagDefinition Raw = new("--raw")
    {
        Modes = Modes.Script,
        Group = FlagGroup.Input,
        Help = "complete the prompt as it is, without the chat template",
        Hint = "a base model is completed raw of itself",
    };

    public static readonly FlagDefinition MaxTokens = new("-n", "--n-predict", "--predict")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Generating,
        Group = FlagGroup.Generation,
        Help = "tokens to generate at most; −1 and −2: until the text ends or the context is full",
        HelpIn = [(Modes.Chat, "tokens of an answer at most; −1 and −2: until the model ends it or the context is full")],
        Default = "-1",
        Range = new(-2, int.MaxValue),
    };

    public static readonly FlagDefinition ReversePrompt = new("-r", "--reverse-prompt")
    {
        Kind = FlagKind.Text,
        ValueName = "TEXT",
        Modes = Modes.Generating,
        Group = FlagGroup.Generation,
        Help = "end when the model writes this text, and leave it out. Repeatable",
        Repeatable = true,
    };

    public static readonly FlagDefinition ContextShift = new("--context-shift")
    {
        OffNames = ["--no-context-shift"],
        Modes = Modes.Generating,
        Group = FlagGroup.Generation,
        Help = "when the context is full, forget the older half of the text behind --keep and go on, instead of ending",
        Default = "off",
    };

    public static readonly FlagDefinition Keep = new("--keep")
    {
        Kind = FlagKind.Integer,
        ValueName = "N",
        Modes = Modes.Generating,
        Group = FlagGroup.Generation,
        Help = "tokens at the start that --context-shift keeps; −1: the whole prompt",
        Default = "0",
        Range = new(-1, int.MaxValue),
    };

    public static readonly FlagDefinition Always = new("--jinja", "-cb", "--cont-batching", "--embeddings", "--mmap")
    {
        Modes = Modes.Generating,
        Group = FlagGroup.Computation,
        Help = "accepted for command lines of llama.cpp: it is always so here",
    };

    public static readonly FlagDefinition DisplayPrompt = new("--display-prompt")
    {
        OffNames = ["--no-display-prompt", "--silent-prompt"],
        Modes = Modes.Chat | Modes.Script,
        Group = FlagGroup.Output,
        Help = "write the prompt before the text (default off)",
        HelpIn = [(Modes.Chat, "show the system prompt at the start (default on)")],
    };

    public static readonly FlagDefinition Special = new("--special")
    {
        Modes = Modes.Generating,
        Group = FlagGroup.Output,
        Help = "show special tokens, such as the one that ends a text",
    };

    public static readonly FlagDefinition Color = new("-co", "--color")
    {
        Modes = Modes.Chat | Modes.Script,
        Group = FlagGroup.Output,
        Help = "tell prompt and text apart by colour, on a terminal",
        HelpIn = [(Modes.Chat, "use colours even where the output is no terminal (default: on a terminal, unless NO_COLOR is set)")],
    };

    public static readonly FlagDefinition LogDisable = new("--log-disable")
    {
        Modes = Modes.Script | Modes.Server | Modes.Perplexity,
        Group = FlagGroup.Output,
        Help = "write nothing but errors to stderr",
        Hint = "the chat writes no log; --nologo leaves out its banner",
    };

    public static readonly FlagDefinition NoLogo = new("--nologo")
    {
        Modes = Modes.Chat | Modes.Server,
        Group = FlagGroup.Output,
        Help = "leave out the banner",
    };

    public static readonly FlagDefinition Ascii = new("--ascii")
    {
        Modes = Modes.Chat | Modes.Server,
        Group = FlagGroup.Output,
        Help = "draw the banner in plain characters",
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All =>
    [
        Prompt, SystemPrompt, InputFile, Escape, Raw, MaxTokens, ReversePrompt, ContextShift, Keep, Always,
        DisplayPrompt, Special, Color, LogDisable, NoLogo, Ascii,
    ];
}
