using System.Text;
using System.Text.Json;
using Quipu.Cli.Flags;
using Quipu.Engine.Grammars;

namespace Quipu.Cli.Tools;

/// <summary>
/// Tells whether texts match a grammar, and where they stop matching: one JSON object a text. With <c>--jsonl</c> a text is a JSON string
/// a line, or an array, in which a number is a token and a string are tokens of one character each that no grammar names.
/// </summary>
internal static class GrammarTool
{
    /// <summary>The text does not match.</summary>
    public const int NotAccepted = 1;

    /// <summary>The grammar or the schema is refused.</summary>
    public const int Refused = 2;

    /// <summary>Runs it.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams)
    {
        if (flags.Has(GrammarFlags.GbnfFile) == flags.Has(GrammarFlags.JsonSchema))
            throw new UsageException("grammar needs one of --grammar-file FILE and --json-schema FILE.");
        bool lines = flags.IsOn(ToolFlags.JsonLines);
        if (flags.Operands.Count != (lines ? 0 : 1))
            throw new UsageException(lines ? "With --jsonl the texts come from stdin: leave TEXT out." : "grammar takes one text: put it in quotes.");
        if (ReadGrammar(flags, streams.Error) is not { } grammar)
            return Refused;
        var matcher = new GrammarMatcher(grammar);
        if (!lines)
        {
            var answer = Judge(matcher, Encoding.UTF8.GetBytes(flags.Operands[0]));
            Write(streams.Output, answer);
            return answer.Accepted ? Failure.Success : NotAccepted;
        }
        using var input = InputText.Open("-");
        return RunLines(matcher, input, streams.Output);
    }

    /// <summary>Judges each line.</summary>
    /// <exception cref="InvalidDataException">A line is neither a JSON string nor an array of numbers and strings.</exception>
    public static int RunLines(GrammarMatcher matcher, TextReader input, TextWriter output)
    {
        for (int number = 1; input.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            Write(output, JudgeLine(matcher, line, number));
        }
        return Failure.Success;
    }

    private static Grammar? ReadGrammar(ParsedFlags flags, TextWriter error)
    {
        bool gbnf = flags.Has(GrammarFlags.GbnfFile);
        string path = flags.Text(gbnf ? GrammarFlags.GbnfFile : GrammarFlags.JsonSchema)!;
        try
        {
            string text = InputText.Read(path);
            var grammar = gbnf ? Grammar.ParseGbnf(text) : Grammar.FromJsonSchema(text);
            if (!grammar.NamesTokensByText)
                return grammar;
            error.WriteLine("error: The grammar names tokens by their text, which needs a model's vocabulary. Name them by number: <[id]>.");
        }
        catch (Exception refused) when (refused is GrammarException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {path}: {refused.Message}");
        }
        return null;
    }

    private static Answer JudgeLine(GrammarMatcher matcher, string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? JudgeTokens(matcher, document.RootElement)
                : Judge(matcher, Encoding.UTF8.GetBytes(document.RootElement.GetString() ?? throw new InvalidOperationException()));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"line {number}: a JSON string is needed, or an array of token ids and strings.");
        }
    }

    private static Answer Judge(GrammarMatcher matcher, byte[] text)
    {
        matcher.Reset();
        int read = matcher.Read(text);
        return new Answer(read < text.Length ? read : null, read == text.Length && matcher.IsComplete);
    }

    private static Answer JudgeTokens(GrammarMatcher matcher, JsonElement items)
    {
        matcher.Reset();
        int index = 0;
        byte[] bytes = new byte[4];
        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Number && !matcher.ReadToken(item.GetInt32(), []))
                return new Answer(index, false);
            if (item.ValueKind != JsonValueKind.Number)
                foreach (var rune in item.GetString()!.EnumerateRunes())
                    if (!matcher.ReadToken(-1, bytes.AsSpan(0, rune.EncodeToUtf8(bytes))))
                        return new Answer(index, false);
            index++;
        }
        return new Answer(null, matcher.IsComplete);
    }

    private static void Write(TextWriter output, Answer answer)
    {
        output.Write(JsonLine.Write(json =>
        {
            json.WriteBoolean("accepted", answer.Accepted);
            if (answer.At is { } at)
                json.WriteNumber("at", at);
            else
                json.WriteNull("at");
            json.WriteBoolean("complete", answer.Complete);
        }));
        output.Write('\n');
    }

    /// <summary>What is known of a text.</summary>
    /// <param name="At">Where the first byte or item is that does not match; null: all do.</param>
    /// <param name="Complete">Whether the grammar may end behind the text.</param>
    private readonly record struct Answer(int? At, bool Complete)
    {
        public bool Accepted => At is null && Complete;
    }
}
