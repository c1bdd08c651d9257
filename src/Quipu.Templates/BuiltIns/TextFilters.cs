using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The filters that work on texts. Other values are printed first.</summary>
internal static class TextFilters
{
    public static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["upper"] = new(call => Map(call, CaseMapping.Upper)),
        ["lower"] = new(call => Map(call, CaseMapping.Lower)),
        ["capitalize"] = new(call => Map(call, CaseMapping.Capitalize)),
        ["title"] = new(call => new StringValue(Title(call.SelfText()))),
        ["trim"] = new(Trim, "chars"),
        ["replace"] = new(Replace, "old", "new", "count") { Required = 2 },
        ["indent"] = new(Indent, "width", "first", "blank"),
        ["center"] = new(call => call.SelfString().With(
            StringMethods.Center(call.SelfText(), call.Integer(0, 80), new Rune(' '), call.Budget)), "width"),
        ["truncate"] = new(Truncate, "length", "killwords", "end", "leeway"),
        ["wordwrap"] = new(WordWrap, "width", "break_long_words", "wrapstring", "break_on_hyphens"),
        ["wordcount"] = new(call => IntValue.Of(CountWords(call.SelfText()))),
        ["string"] = new(call => call.SelfString()),
        ["format"] = new(Format) { IsVariadic = true },
    };

    private static StringValue Map(NativeCall call, Func<string, string> map) => call.SelfString().With(map(call.SelfText()));

    /// <summary>Words begin after white space, a dash or an opening bracket; an apostrophe does not end one.</summary>
    private static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !IsWordBoundary(text[end]))
                end++;
            if (end > start)
            {
                int first = CodePoints.LengthAt(text, start);
                result.Append(CaseMapping.Upper(text[start..(start + first)])).Append(CaseMapping.Lower(text[(start + first)..end]));
            }
            for (start = end; start < text.Length && IsWordBoundary(text[start]); start++)
                result.Append(text[start]);
        }
        return result.ToString();
    }

    private static bool IsWordBoundary(char c) => c is '-' or '(' or '{' or '[' or '<' || PythonText.IsSpace(c);

    private static StringValue Trim(NativeCall call)
    {
        StringValue own = call.SelfString();
        (int start, int end) = TextPieces.Trim(own.Text, call.TextOrNull(0), left: true, right: true);
        return own.With(own.Text[start..end]);
    }

    private static StringValue Replace(NativeCall call) => new(TextPieces.Replace(
        call.SelfText(), call.Printed(0, ""), call.Printed(1, ""), call.IntegerOrNull(2) ?? -1, call.Budget));

    private static StringValue Indent(NativeCall call)
    {
        string indent = call[0] is StringValue text ? text.Text : Spaces(call.Integer(0, 4), call.Budget);
        bool first = call.Flag(1);
        bool blank = call.Flag(2);
        List<string> lines = TextPieces.SplitLines(call.RequireString().Text + "\n", keepEnds: false, call.Budget);
        var result = new TextBuilder(call.Budget);
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                result.Append('\n');
            if (i == 0 ? first : blank || lines[i].Length > 0)
                result.Append(indent);
            result.Append(lines[i]);
        }
        return call.RequireString().With(result.ToString());
    }

    /// <summary>So many spaces.</summary>
    public static string Spaces(int count, Budget budget)
    {
        budget.Text(Math.Max(count, 0));
        return new string(' ', Math.Max(count, 0));
    }

    private static TemplateValue Truncate(NativeCall call)
    {
        int length = call.Integer(0, 255);
        string end = call.Text(2, "...");
        int leeway = call.IntegerOrNull(3) ?? 5;
        int room = length - CodePoints.Count(end);
        if (room < 0 || leeway < 0)
            throw new TemplateException($"the length {length} must hold the end text, and the leeway {leeway} must not be negative");
        if (call.Self.Length <= (long)length + leeway)
            return call.Self;
        StringValue own = call.RequireString();
        string kept = own.Text[..own.StartOf(room)];
        int space = call.Flag(1) ? -1 : kept.LastIndexOf(' ');
        return own.With((space < 0 ? kept : kept[..space]) + end);
    }

    private static StringValue WordWrap(NativeCall call)
    {
        int width = call.Integer(0, 79);
        if (width <= 0)
            throw new TemplateException($"invalid width {width} (must be > 0)");
        string separator = call.TextOrNull(2) ?? "\n";
        var wrapped = new TextBuilder(call.Budget);
        bool first = true;
        foreach (string line in TextPieces.SplitLines(call.RequireString().Text, keepEnds: false, call.Budget))
        {
            List<string> parts = WordWrapping.Wrap(line, width, call.Flag(1, other: true), call.Flag(3, other: true), call.Budget);
            for (int i = 0; i < Math.Max(parts.Count, 1); i++)
            {
                wrapped.Append(first ? "" : separator).Append(parts.Count == 0 ? "" : parts[i]);
                first = false;
            }
        }
        return new StringValue(wrapped.ToString());
    }

    private static int CountWords(string text)
    {
        int words = 0;
        bool inWord = false;
        for (int at = 0; at < text.Length;)
        {
            int length = PythonText.WordLength(text, at);
            if (length > 0 && !inWord)
                words++;
            inWord = length > 0;
            at += Math.Max(length, 1);
        }
        return words;
    }

    private static StringValue Format(NativeCall call)
    {
        Arguments arguments = call.Arguments;
        if (arguments.Positional.Length > 0 && arguments.Named.Length > 0)
            throw new TemplateException("can't handle positional and keyword arguments at the same time");
        TemplateValue given = arguments.Named.Length > 0 ? arguments.NamedAsDict() : new TupleValue(arguments.Positional);
        return Markup.Percent(call.SelfString(), given, call.Budget);
    }
}
