namespace Quipu.Templates.Text;

/// <summary>Classes of characters as Python knows them, and the form of strings in lists and messages.</summary>
internal static class PythonText
{
    /// <summary>White space: what Unicode says, and the four separators U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>The first place from <paramref name="at"/> that is no white space.</summary>
    public static int SkipSpace(string text, int at)
    {
        while (at < text.Length && IsSpace(text[at]))
            at++;
        return at;
    }

    /// <summary>Characters that end a line for <c>splitlines</c>.</summary>
    public static bool IsLineBreak(char c) =>
        c is >= '\n' and <= '\r' or >= '\x1c' and <= '\x1e' or '\x85' or '\u2028' or '\u2029';

    /// <summary>The UTF-16 length of the letter, digit or underscore at a place, 0 for anything else.</summary>
    public static int WordLength(string text, int at)
    {
        char c = text[at];
        if (c < 0x80)
            return char.IsAsciiLetterOrDigit(c) || c == '_' ? 1 : 0;
        return Rune.TryGetRuneAt(text, at, out Rune rune) && IsAlphanumeric(rune) ? rune.Utf16SequenceLength : 0;
    }

    public static bool IsAlphanumeric(Rune rune) => Rune.IsLetter(rune) || IsNumeric(rune);

    public static bool IsNumeric(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        || Rune.GetNumericValue(rune) >= 0;

    /// <summary>Digits in the wide sense, superscripts among them.</summary>
    public static bool IsDigit(Rune rune) => CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0;

    public static bool IsDecimal(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber;

    /// <summary>Whether a character stands for itself in a quoted string.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value is >= ' ' and < 0x7f || Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator);

    /// <summary>A string as it is written in Python source.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2);
        WriteQuoted(text, piece => quoted.Append(piece));
        return quoted.ToString();
    }

    /// <summary>Receives a piece of a text.</summary>
    public delegate void PieceWriter(ReadOnlySpan<char> piece);

    /// <summary>Writes a quoted string: single quotes, unless the text has those and no double ones.</summary>
    public static void WriteQuoted(string text, PieceWriter write)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        write([quote]);
        int start = 0;
        for (int i = 0; i < text.Length;)
        {
            bool valid = Rune.TryGetRuneAt(text, i, out Rune rune);
            int length = valid ? rune.Utf16SequenceLength : 1;
            if (!valid || rune.Value == quote || rune.Value == '\\' || !IsPrintable(rune))
            {
                write(text.AsSpan(start, i - start));
                write(valid ? Escape(rune, quote) : $"\\u{(int)text[i]:x4}");
                start = i + length;
            }
            i += length;
        }
        write(text.AsSpan(start));
        write([quote]);
    }

    private static string Escape(Rune rune, char quote) => rune.Value switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\\' => "\\\\",
        _ when rune.Value == quote => "\\" + quote,
        < 0x100 => $"\\x{rune.Value:x2}",
        < 0x10000 => $"\\u{rune.Value:x4}",
        _ => $"\\U{rune.Value:x8}",
    };
}
