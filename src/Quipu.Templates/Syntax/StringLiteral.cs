namespace Quipu.Templates.Syntax;

/// <summary>The escapes of a string literal, which are Python's.</summary>
internal static class StringLiteral
{
    private const string Simple = "\\'\"abfnrtv";
    private const string Meaning = "\\'\"\a\b\f\n\r\t\v";

    /// <summary>The text a literal stands for. Unknown escapes stay as they are.</summary>
    /// <exception cref="FormatException">A <c>\x</c>, <c>\u</c> or <c>\U</c> without its digits, or a character's name.</exception>
    public static string Unescape(ReadOnlySpan<char> literal)
    {
        if (!literal.Contains('\\'))
            return literal.ToString();
        var text = new StringBuilder(literal.Length);
        for (int i = 0; i < literal.Length; i++)
            if (literal[i] != '\\')
                text.Append(literal[i]);
            else
                i = TakeEscape(literal, i + 1, text);
        return text.ToString();
    }

    /// <summary>Appends what the escape after a backslash means and returns the place of its last character.</summary>
    private static int TakeEscape(ReadOnlySpan<char> literal, int at, StringBuilder text)
    {
        char letter = literal[at];
        if (Simple.IndexOf(letter, StringComparison.Ordinal) is >= 0 and int index)
            text.Append(Meaning[index]);
        else if (letter is 'x' or 'u' or 'U')
            return TakeHex(literal, at, text);
        else if (letter is >= '0' and <= '7')
            return TakeOctal(literal, at, text);
        else if (letter == 'N')
            throw new FormatException("a character's name (\\N{...}) in a string is not supported: write the character or its \\u escape");
        else if (letter != '\n')
            return AppendUnknown(literal, at, text);
        return at;
    }

    /// <summary>An unknown escape keeps its backslash. Behind one, the reference also spells out what is not ASCII.</summary>
    private static int AppendUnknown(ReadOnlySpan<char> literal, int at, StringBuilder text)
    {
        Rune.DecodeFromUtf16(literal[at..], out Rune letter, out int length);
        text.Append('\\');
        if (letter.IsAscii)
            text.Append(letter);
        else
            text.Append(letter.Value switch
            {
                < 0x100 => $"x{letter.Value:x2}",
                < 0x10000 => $"u{letter.Value:x4}",
                _ => $"U{letter.Value:x8}",
            });
        return at + length - 1;
    }

    private static int TakeHex(ReadOnlySpan<char> literal, int at, StringBuilder text)
    {
        int digits = literal[at] switch { 'x' => 2, 'u' => 4, _ => 8 };
        if (at + digits >= literal.Length
            || !uint.TryParse(literal.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
            throw new FormatException($"the escape \\{literal[at]} in a string needs {digits} hexadecimal digits");
        if (code > 0x10FFFF)
            throw new FormatException($"the escape \\U{code:x8} in a string is no character: the last one is \\U0010ffff");
        if (code > 0xFFFF)
            text.Append(char.ConvertFromUtf32((int)code));
        else
            text.Append((char)code);
        return at + digits;
    }

    private static int TakeOctal(ReadOnlySpan<char> literal, int at, StringBuilder text)
    {
        int code = 0;
        int end = at;
        while (end < literal.Length && end < at + 3 && literal[end] is >= '0' and <= '7')
            code = code * 8 + (literal[end++] - '0');
        text.Append((char)code);
        return end - 1;
    }
}
