namespace Quipu.Templates.Text;

/// <summary>Numbers in texts as Python's <c>int</c> and <c>float</c> read them: white space around, underscores between digits.</summary>
internal static class NumberReader
{
    /// <summary>Reads an integer of a radix, with its prefix where it has one; radix 0 goes by the prefix.</summary>
    public static bool TryReadInteger(string text, int radix, out BigInteger value)
    {
        value = default;
        ReadOnlySpan<char> digits = Strip(text, out bool negative);
        int prefix = digits.Length > 2 && digits[0] == '0'
            ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 }
            : 0;
        if (prefix != 0 && (radix == prefix || radix == 0))
            digits = digits[2..].TrimStart('_');
        if (radix == 0)
            radix = prefix == 0 ? 10 : prefix;
        if (radix is < 2 or > 36 || !TryDropUnderscores(digits, out string plain) || !IntegerText.TryParse(plain, radix, out value))
            return false;
        if (negative)
            value = -value;
        return true;
    }

    public static bool TryReadFloat(string text, out double value)
    {
        value = 0;
        ReadOnlySpan<char> digits = Strip(text, out bool negative);
        const NumberStyles styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        string name = digits.Length is 3 or 8 ? digits.ToString().ToLowerInvariant() : "";
        if (name is "inf" or "infinity" or "nan")
            value = name == "nan" ? double.NaN : double.PositiveInfinity;
        else if (digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.')
            || !TryDropUnderscores(digits, out string plain)
            || !double.TryParse(plain, styles, CultureInfo.InvariantCulture, out value))
            return false;
        if (negative)
            value = -value;
        return true;
    }

    private static ReadOnlySpan<char> Strip(string text, out bool negative)
    {
        (int start, int end) = TextPieces.Trim(text, null, left: true, right: true);
        negative = start < end && text[start] == '-';
        return text.AsSpan(start, end - start)[(start < end && text[start] is '-' or '+' ? 1 : 0)..];
    }

    /// <summary>Takes away single underscores between digits; others make the text no number.</summary>
    private static bool TryDropUnderscores(ReadOnlySpan<char> digits, out string plain)
    {
        plain = digits.ToString();
        if (!digits.Contains('_'))
            return true;
        if (digits[0] == '_' || digits[^1] == '_')
            return false;
        for (int i = 1; i + 1 < digits.Length; i++)
            if (digits[i] == '_' && !(char.IsAsciiLetterOrDigit(digits[i - 1]) && char.IsAsciiLetterOrDigit(digits[i + 1])))
                return false;
        plain = plain.Replace("_", "", StringComparison.Ordinal);
        return true;
    }
}
