using Quipu.Cli.Flags;
using Quipu.Cli.Tools.Bench;
using Quipu.Cli.Tools.Packaging;
using Quipu.Gguf;
using Quipu.Tokenizers;

namespace Quipu.Cli.Tools;

/// <summary>From a command line to the tool that it names.</summary>
internal static class ToolRunner
{
    /// <summary>Runs a tool.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="enter">Told what begins.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, Action<Stage> enter) => flags.Mode switch
    {
        Modes.Inspect => Inspect(flags, streams.Output, enter),
        Modes.Tokenize => Tokenize(flags, streams.Output, enter),
        Modes.Template => Template(flags, streams.Output, enter),
        Modes.Grammar => GrammarTool.Run(flags, streams),
        Modes.Perplexity => PerplexityTool.Run(flags, streams, enter),
        Modes.Bench => BenchTool.Run(flags, streams, enter),
        _ when Modes.Packaging.HasFlag(flags.Mode) => PackagingTools.Run(flags, streams),
        _ => throw new ArgumentOutOfRangeException(nameof(flags), flags.Mode, "Not a tool."),
    };

    private static int Inspect(ParsedFlags flags, TextWriter output, Action<Stage> enter)
    {
        if (flags.Operands.Count != 1)
            throw new UsageException($"inspect needs one file: quipu inspect FILE. There are {flags.Operands.Count}.");
        enter(Stage.Model);
        return InspectTool.Run(flags.Operands[0], flags.IsOn(ToolFlags.Json), output);
    }

    private static int Tokenize(ParsedFlags flags, TextWriter output, Action<Stage> enter)
    {
        var options = new TokenizeOptions
        {
            Special = !flags.IsOn(ToolFlags.NoSpecial),
            Bos = !flags.IsOn(ToolFlags.NoBos),
            Json = flags.IsOn(ToolFlags.Json),
            JsonLines = flags.IsOn(ToolFlags.JsonLines),
            Decode = flags.IsOn(ToolFlags.Decode),
        };
        if (options is { Json: true, JsonLines: true })
            throw new UsageException("--json writes one object, --jsonl a line for each line: choose one.");
        using TextReader input = OpenText(flags);
        enter(Stage.Model);
        using var file = DefaultModel.Open(flags);
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        enter(Stage.Arguments);
        return TokenizeTool.Run(tokenizer, options, input, output, CancellationToken.None);
    }

    private static TextReader OpenText(ParsedFlags flags)
    {
        string? path = flags.Text(TextFlags.InputFile);
        // What is piped in is the text where none is named: nobody pipes to be refused.
        if (path is null && flags.Operands.Count == 0 && Console.IsInputRedirected)
            path = "-";
        if (flags.Operands.Count + (path is null ? 0 : 1) != 1)
        {
            throw new UsageException(flags.Operands.Count > 1
                ? "tokenize takes one text: put it in quotes."
                : "tokenize needs a text, one of: TEXT, -f FILE, or - for what is piped in.");
        }
        if (path is not null)
            return InputText.Open(path);
        return flags.Operands[0] == "-" ? InputText.Open("-") : new StringReader(flags.Operands[0]);
    }

    private static int Template(ParsedFlags flags, TextWriter output, Action<Stage> enter)
    {
        string? path = flags.Text(ToolFlags.Template);
        if (path is not null && flags.Has(GeneralFlags.Model))
            throw new UsageException("-m and --template both give a template: give one of them.");
        if (flags.Operands.Count > 0)
            throw new UsageException($"'{flags.Operands[0]}' is no flag. The request is given with -f FILE, or -f - for what is piped in.");
        string request = flags.Text(TextFlags.InputFile)
            ?? throw new UsageException("template needs a request: -f FILE, or -f - for what is piped in.");
        DateTime? now = flags.Text(ToolFlags.Now) is { } time ? ParseTime(time) : null;
        var options = path is null ? FromModel(DefaultModel.Of(flags), enter) : new TemplateOptions { Source = InputText.Read(path) };
        options = options with { Variables = flags.IsOn(ToolFlags.Variables), Now = now, JsonLines = flags.IsOn(ToolFlags.JsonLines) };
        using TextReader input = InputText.Open(request);
        return TemplateTool.Run(options, input, output, CancellationToken.None);
    }

    private static TemplateOptions FromModel(string path, Action<Stage> enter)
    {
        enter(Stage.Model);
        using var file = GgufFile.Open(path, OwnContainer.Weights.Locate);
        string source = file.Metadata.GetStringOrNull("tokenizer.chat_template")
            ?? throw new UsageException($"{path} is a base model without a chat template. Give one with --template FILE.");
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        enter(Stage.Arguments);
        return new TemplateOptions
        {
            Source = source,
            BosToken = tokenizer.Bos is { } bos ? tokenizer.Piece(bos) : null,
            EosToken = tokenizer.Eos is { } eos ? tokenizer.Piece(eos) : null,
        };
    }

    private static DateTime ParseTime(string text)
    {
        try
        {
            return TemplateTool.ParseTime(text);
        }
        catch (FormatException error)
        {
            throw new UsageException("--now: " + error.Message);
        }
    }
}
