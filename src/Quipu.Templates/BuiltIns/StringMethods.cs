using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The methods of strings that make other strings. What a method of a safe string makes is safe too.</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["upper"] = new(call => Map(call, CaseMapping.Upper)),
        ["lower"] = new(call => Map(call, CaseMapping.Lower)),
        ["title"] = new(call => Map(call, CaseMapping.Title)),
        ["capitalize"] = new(call => Map(call, CaseMapping.Capitalize)),
        ["swapcase"] = new(call => Map(call, CaseMapping.Swap)),
        ["casefold"] = new(call => Map(call, CaseMapping.Fold)),
        ["strip"] = new(call => Strip(call, left: true, right: true), "chars") { IsPositional = true },
        ["lstrip"] = new(call => Strip(call, left: true, right: false), "chars") { IsPositional = true },
        ["rstrip"] = new(call => Strip(call, left: false, right: true), "chars") { IsPositional = true },
        ["split"] = new(call => Split(call, fromEnd: false), "sep", "maxsplit"),
        ["rsplit"] = new(call => Split(call, fromEnd: true), "sep", "maxsplit"),
        ["splitlines"] = new(SplitLines, "keepends"),
        ["partition"] = new(call => Partition(call, last: false), "sep") { Required = 1, IsPositional = true },
        ["rpartition"] = new(call => Partition(call, last: true), "sep") { Required = 1, IsPositional = true },
        ["replace"] = new(Replace, "old", "new", "count") { Required = 2, IsPositional = true },
        ["removeprefix"] = new(RemovePrefix, "prefix") { Required = 1, IsPositional = true },
        ["removesuffix"] = new(RemoveSuffix, "suffix") { Required = 1, IsPositional = true },
        ["join"] = new(Join, "iterable") { Required = 1, IsPositional = true },
        ["format"] = new(Format) { IsVariadic = true },
        ["format_map"] = new(FormatMap, "mapping") { Required = 1, IsPositional = true },
        ["ljust"] = new(call => Justify(call, '<'), "width", "fillchar") { Required = 1, IsPositional = true },
        ["rjust"] = new(call => Justify(call, '>'), "width", "fillchar") { Required = 1, IsPositional = true },
        ["center"] = new(call => Justify(call, '^'), "width", "fillchar") { Required = 1, IsPositional = true },
        ["zfill"] = new(ZeroFill, "width") { Required = 1, IsPositional = true },
        ["expandtabs"] = new(ExpandTabs, "tabsize"),
        ["translate"] = new(Translate, "table") { Required = 1, IsPositional = true },
    };

    /// <summary>A method of strings by its name, or null.</summary>
    public static NativeFunction? Find(string name) => Table.GetValueOrDefault(name) ?? StringQueries.Table.GetValueOrDefault(name);

    /// <summary>A text in the middle of so many characters.</summary>
    public static string Center(string text, int width, Rune fill, Budget budget)
    {
        int missing = width - CodePoints.Count(text);
        if (missing <= 0)
            return text;
        int left = missing / 2 + (missing & width & 1);
        string padded = Pad(text, width - (missing - left), fill, '>', budget);
        return Pad(padded, width, fill, '<', budget);
    }

    private static StringValue Own(NativeCall call) => (StringValue)call.Self;

    private static StringValue Map(NativeCall call, Func<string, string> map) => Own(call).With(map(Own(call).Text));

    private static StringValue Strip(NativeCall call, bool left, bool right)
    {
        string text = Own(call).Text;
        (int start, int end) = TextPieces.Trim(text, call.TextOrNull(0), left, right);
        return end - start == text.Length ? Own(call) : Own(call).With(text[start..end]);
    }

    private static ListValue Split(NativeCall call, bool fromEnd)
    {
        StringValue own = Own(call);
        int most = call.Integer(1, -1);
        List<string> pieces = call.TextOrNull(0) is { } separator
            ? TextPieces.Split(own.Text, separator, most, fromEnd, call.Budget)
            : TextPieces.SplitSpace(own.Text, most, fromEnd, call.Budget);
        return new ListValue([.. pieces.Select(own.With)]);
    }

    private static ListValue SplitLines(NativeCall call) =>
        new([.. TextPieces.SplitLines(Own(call).Text, call.Flag(0), call.Budget).Select(Own(call).With)]);

    private static TupleValue Partition(NativeCall call, bool last)
    {
        StringValue own = Own(call);
        string separator = call.Text(0);
        if (separator.Length == 0)
            throw new TemplateException("empty separator");
        call.Budget.Search(own.Text.Length, separator.Length);
        int at = last ? own.Text.AsSpan().LastIndexOf(separator) : own.Text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
            return last
                ? new TupleValue(StringValue.Empty, StringValue.Empty, own)
                : new TupleValue(own, StringValue.Empty, StringValue.Empty);
        return new TupleValue(own.With(own.Text[..at]), own.With(separator), own.With(own.Text[(at + separator.Length)..]));
    }

    private static StringValue Replace(NativeCall call)
    {
        string other = call.Text(1);
        if (Own(call).IsMarkup)
            other = Markup.Escape((StringValue)call[1]!);
        return Own(call).With(TextPieces.Replace(Own(call).Text, call.Text(0), other, call.Integer(2, -1), call.Budget));
    }

    private static StringValue RemovePrefix(NativeCall call)
    {
        string text = Own(call).Text;
        return text.StartsWith(call.Text(0), StringComparison.Ordinal) ? Own(call).With(text[call.Text(0).Length..]) : Own(call);
    }

    private static StringValue RemoveSuffix(NativeCall call)
    {
        string text = Own(call).Text;
        return text.EndsWith(call.Text(0), StringComparison.Ordinal) ? Own(call).With(text[..^call.Text(0).Length]) : Own(call);
    }

    private static StringValue Join(NativeCall call)
    {
        StringValue own = Own(call);
        var result = new TextBuilder(call.Budget);
        int index = 0;
        foreach (TemplateValue item in call[0]!.Iterate() ?? throw new TemplateException("can only join an iterable"))
        {
            call.Budget.Step();
            // A safe string prints and escapes what it joins, of whatever type.
            if ((item as StringValue ?? (own.IsMarkup ? new StringValue(Printer.Text(item, call.Budget)) : null)) is not { } text)
                throw new TemplateException($"sequence item {index}: expected str instance, {item.TypeName} found");
            if (index++ > 0)
                result.Append(own.Text);
            result.Append(own.IsMarkup ? Markup.Escape(text) : text.Text);
        }
        return own.With(result.ToString());
    }

    private static StringValue Format(NativeCall call) =>
        Own(call).With(BraceFormat.Format(Own(call).Text, call.Arguments, call.Budget, Own(call).IsMarkup ? Markup.Escape : null));

    private static StringValue FormatMap(NativeCall call)
    {
        if (call[0] is not DictValue dict)
            throw new TemplateException("format_map() needs a mapping");
        call.Budget.Elements(dict.Count);
        var named = dict.Items.Where(item => item.Key is StringValue).Select(item => (((StringValue)item.Key).Text, item.Value));
        return Own(call).With(BraceFormat.Format(
            Own(call).Text, new Arguments([], [.. named]), call.Budget, Own(call).IsMarkup ? Markup.Escape : null));
    }

    private static StringValue Justify(NativeCall call, char align)
    {
        string fill = call.Text(1, " ");
        if (CodePoints.Count(fill) != 1 || !Rune.TryGetRuneAt(fill, 0, out Rune rune))
            throw new TemplateException("The fill character must be exactly one character long");
        int width = call.Integer(0, 0);
        return Own(call).With(align == '^'
            ? Center(Own(call).Text, width, rune, call.Budget)
            : Pad(Own(call).Text, width, rune, align, call.Budget));
    }

    private static string Pad(string text, int width, Rune fill, char align, Budget budget) =>
        new FormatSpec { Width = Math.Max(width, 0), Fill = fill, Align = align }.Pad("", text, align, budget);

    private static StringValue ZeroFill(NativeCall call)
    {
        string text = Own(call).Text;
        string sign = text.Length > 0 && text[0] is '+' or '-' ? text[..1] : "";
        var spec = new FormatSpec { Width = Math.Max(call.Integer(0, 0), 0), Fill = new Rune('0'), Align = '=' };
        return Own(call).With(spec.Pad(sign, text[sign.Length..], '=', call.Budget));
    }

    private static StringValue ExpandTabs(NativeCall call) =>
        Own(call).With(TextPieces.ExpandTabs(Own(call).Text, call.Integer(0, 8), call.Budget));

    private static StringValue Translate(NativeCall call)
    {
        var result = new TextBuilder(call.Budget);
        foreach (Rune rune in Own(call).Text.EnumerateRunes())
        {
            call.Budget.Step();
            TemplateValue? other = call[0]!.GetItem(IntValue.Of(rune.Value), call.Budget);
            if (other is null)
                result.Append(rune);
            else if (other is StringValue text)
                result.Append(text.Text);
            else if (other is not NoneValue)
                result.Append(NumberFormat.Character(other.AsInteger()
                    ?? throw new TemplateException("character mapping must return integer, None or str")));
        }
        return Own(call).With(result.ToString());
    }
}
