using Quipu.Templates.Runtime;

namespace Quipu.Templates.Text;

/// <summary>How a value is laid out: Python's format specification, which the <c>%</c> operator's flags are translated to.</summary>
internal readonly record struct FormatSpec()
{
    /// <summary>What fills up to the width.</summary>
    public Rune Fill { get; init; } = new(' ');

    /// <summary><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, <c>=</c> (between sign and digits), or 0 for the type's own.</summary>
    public char Align { get; init; }

    /// <summary>The sign of numbers that are not negative: <c>+</c>, a space, or <c>-</c> for none.</summary>
    public char Sign { get; init; } = '-';

    /// <summary>Whether a radix prefix or a point at the end is written.</summary>
    public bool Alternate { get; init; }

    public int Width { get; init; }

    /// <summary><c>,</c>, <c>_</c>, or 0 for digits without groups.</summary>
    public char Grouping { get; init; }

    /// <summary>Places, significant digits or the longest text; -1 where it is not given.</summary>
    public int Precision { get; init; } = -1;

    /// <summary>The presentation type, or 0.</summary>
    public char Type { get; init; }

    /// <summary>Reads <c>[[fill]align][sign][#][0][width][grouping][.precision][type]</c>.</summary>
    /// <exception cref="TemplateException">The text is no such specification.</exception>
    public static FormatSpec Parse(string text)
    {
        int at = 0;
        char Peek() => at < text.Length ? text[at] : '\0';
        bool Take(char c) => Peek() == c && at++ >= 0;
        var spec = new FormatSpec();
        bool hasFill = false;
        if (text.Length > 0 && Rune.TryGetRuneAt(text, 0, out Rune fill) && IsAlign(text, fill.Utf16SequenceLength))
        {
            spec = spec with { Fill = fill, Align = text[fill.Utf16SequenceLength] };
            at = fill.Utf16SequenceLength + 1;
            hasFill = true;
        }
        else if (IsAlign(text, 0))
        {
            spec = spec with { Align = text[at++] };
        }
        if (Peek() is '+' or '-' or ' ')
            spec = spec with { Sign = text[at++] };
        Take('z');
        spec = spec with { Alternate = Take('#') };
        if (!hasFill && Take('0'))
            spec = spec with { Fill = new Rune('0'), Align = spec.Align == 0 ? '=' : spec.Align };
        spec = spec with { Width = TakeNumber(text, ref at) ?? 0 };
        if (Peek() is ',' or '_')
            spec = spec with { Grouping = text[at++] };
        if (Take('.'))
            spec = spec with { Precision = TakeNumber(text, ref at) ?? throw new TemplateException("Format specifier missing precision") };
        if (at < text.Length)
            spec = spec with { Type = text[at++] };
        return at == text.Length ? spec : throw new TemplateException($"Invalid format specifier '{text}'");
    }

    /// <summary>Pads a text; numbers have a sign or prefix that stays in front when zeros fill.</summary>
    /// <param name="prefix">The sign and radix prefix; empty for texts.</param>
    /// <param name="body">The rest.</param>
    /// <param name="align">How it is aligned where the specification does not say.</param>
    /// <param name="budget">What the text is charged to.</param>
    public string Pad(string prefix, string body, char align, Budget budget)
    {
        int missing = Width - CodePoints.Count(prefix) - CodePoints.Count(body);
        if (missing <= 0)
            return prefix + body;
        budget.Text(prefix.Length + body.Length + (long)missing * Fill.Utf16SequenceLength);
        Rune fill = Fill;
        string Filling(int count) => fill.IsBmp
            ? new string((char)fill.Value, count)
            : new StringBuilder().Insert(0, fill.ToString(), count).ToString();
        return (Align == 0 ? align : Align) switch
        {
            '<' => prefix + body + Filling(missing),
            '^' => Filling(missing / 2) + prefix + body + Filling(missing - missing / 2),
            '=' => prefix + Filling(missing) + body,
            _ => Filling(missing) + prefix + body,
        };
    }

    private static bool IsAlign(string text, int at) => at < text.Length && text[at] is '<' or '>' or '^' or '=';

    private static int? TakeNumber(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at == start)
            return null;
        return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new TemplateException("Too many decimal digits in format string");
    }
}
