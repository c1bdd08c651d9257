using Quipu.Templates.Runtime;
using Quipu.Templates.Text;
using Quipu.Templates.Values;

namespace Quipu.Templates.BuiltIns;

/// <summary>The methods of strings that answer a question about them.</summary>
internal static class StringQueries
{
    private static readonly string[] Range = ["sub", "start", "end"];

    public static readonly Dictionary<string, NativeFunction> Table = new()
    {
        ["startswith"] = new(call => HasAffix(call, atEnd: false), Range) { Required = 1, IsPositional = true },
        ["endswith"] = new(call => HasAffix(call, atEnd: true), Range) { Required = 1, IsPositional = true },
        ["find"] = new(call => IntValue.Of(Find(call, last: false)), Range) { Required = 1, IsPositional = true },
        ["rfind"] = new(call => IntValue.Of(Find(call, last: true)), Range) { Required = 1, IsPositional = true },
        ["index"] = new(call => Index(call, last: false), Range) { Required = 1, IsPositional = true },
        ["rindex"] = new(call => Index(call, last: true), Range) { Required = 1, IsPositional = true },
        ["count"] = new(Count, Range) { Required = 1, IsPositional = true },
        ["isalpha"] = new(call => All(call, Rune.IsLetter)),
        ["isalnum"] = new(call => All(call, PythonText.IsAlphanumeric)),
        ["isdigit"] = new(call => All(call, PythonText.IsDigit)),
        ["isdecimal"] = new(call => All(call, PythonText.IsDecimal)),
        ["isnumeric"] = new(call => All(call, PythonText.IsNumeric)),
        ["isspace"] = new(call => All(call, rune => rune.IsBmp && PythonText.IsSpace((char)rune.Value))),
        ["isascii"] = new(call => BoolValue.Of(Ascii.IsValid(Own(call).Text))),
        ["isprintable"] = new(call => BoolValue.Of(Own(call).Text.EnumerateRunes().All(PythonText.IsPrintable))),
        ["isidentifier"] = new(call => BoolValue.Of(IsIdentifier(Own(call).Text))),
        ["islower"] = new(call => BoolValue.Of(CaseMapping.IsAll(Own(call).Text, upper: false))),
        ["isupper"] = new(call => BoolValue.Of(CaseMapping.IsAll(Own(call).Text, upper: true))),
        ["istitle"] = new(call => BoolValue.Of(CaseMapping.IsTitle(Own(call).Text))),
    };

    private static StringValue Own(NativeCall call) => (StringValue)call.Self;

    private static BoolValue All(NativeCall call, Func<Rune, bool> test) =>
        BoolValue.Of(Own(call).Text.Length > 0 && Own(call).Text.EnumerateRunes().All(test));

    private static bool IsIdentifier(string text)
    {
        if (text.Length == 0 || !(text[0] == '_' || (Rune.TryGetRuneAt(text, 0, out Rune first) && Rune.IsLetter(first))))
            return false;
        for (int at = 0; at < text.Length;)
        {
            int length = PythonText.WordLength(text, at);
            if (length == 0)
                return false;
            at += length;
        }
        return true;
    }

    /// <summary>The part between the start and end arguments, in UTF-16; null when the start lies behind the end of the text.</summary>
    private static (int Start, int End)? Part(NativeCall call)
    {
        StringValue own = Own(call);
        if (call[1] is null && call[2] is null)
            return (0, own.Text.Length);
        int start = Clip(call.IntegerOrNull(1) ?? 0, own.Count);
        int end = Math.Min(Clip(call.IntegerOrNull(2) ?? int.MaxValue, own.Count), own.Count);
        return start > end ? null : (own.StartOf(start), own.StartOf(end));
    }

    private static int Clip(int index, int count) => index < 0 ? (int)Math.Max((long)index + count, 0) : index;

    private static BoolValue HasAffix(NativeCall call, bool atEnd)
    {
        TemplateValue[] affixes = call[0] is TupleValue tuple ? tuple.Items : [call[0]!];
        var part = Part(call);
        foreach (TemplateValue affix in affixes)
        {
            if (affix is not StringValue text)
                throw (affix as UndefinedValue)?.Error()
                    ?? new TemplateException($"{call.Name} first arg must be str or a tuple of str, not {affix.TypeName}");
            call.Budget.Step();
            call.Budget.Scan(text.Text.Length);
            if (part is not { } place)
                continue;
            ReadOnlySpan<char> span = Own(call).Text.AsSpan(place.Start, place.End - place.Start);
            if (atEnd ? span.EndsWith(text.Text, StringComparison.Ordinal) : span.StartsWith(text.Text, StringComparison.Ordinal))
                return BoolValue.True;
        }
        return BoolValue.False;
    }

    private static int Find(NativeCall call, bool last)
    {
        string sought = call.Text(0);
        if (Part(call) is not { } part)
            return -1;
        ReadOnlySpan<char> span = Own(call).Text.AsSpan(part.Start, part.End - part.Start);
        call.Budget.Search(span.Length, sought.Length);
        int found = last ? span.LastIndexOf(sought, StringComparison.Ordinal) : span.IndexOf(sought, StringComparison.Ordinal);
        return found < 0 ? -1 : Own(call).IndexOf(part.Start + found);
    }

    private static IntValue Index(NativeCall call, bool last)
    {
        int index = Find(call, last);
        return index >= 0 ? IntValue.Of(index) : throw new TemplateException("substring not found");
    }

    private static IntValue Count(NativeCall call)
    {
        string sought = call.Text(0);
        return IntValue.Of(Part(call) is { } part
            ? TextPieces.Count(Own(call).Text.AsSpan(part.Start, part.End - part.Start), sought, call.Budget)
            : 0);
    }
}
