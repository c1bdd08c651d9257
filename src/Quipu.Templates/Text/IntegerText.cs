namespace Quipu.Templates.Text;

/// <summary>Integers as text and back. Python refuses more than 4300 decimal digits, since the conversion is slow; so does this.</summary>
internal static class IntegerText
{
    public const int MaxDigits = 4300;

    private static readonly BigInteger Limit = BigInteger.Pow(10, MaxDigits);

    /// <summary>The decimal digits.</summary>
    public static string Format(BigInteger value)
    {
        if (value.GetBitLength() > 14_000 && BigInteger.Abs(value) >= Limit)
            throw new TemplateException($"Exceeds the limit ({MaxDigits} digits) for integer string conversion");
        return value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads digits of a radix from 2 to 36, without sign or prefix. False for other characters or too many digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> digits, int radix, out BigInteger value)
    {
        value = default;
        if (digits.IsEmpty || digits.Length > MaxDigits)
            return false;
        if (radix == 10)
            return BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        foreach (char c in digits)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : radix;
            if (digit >= radix)
                return false;
            value = value * radix + digit;
        }
        return true;
    }

    /// <summary>The digits of a number that is not negative, in radix 2, 8 or 16, lower case.</summary>
    public static string ToRadix(BigInteger value, int radix)
    {
        if (value.IsZero)
            return "0";
        int bits = radix switch { 2 => 1, 8 => 3, _ => 4 };
        int count = (int)((value.GetBitLength() + bits - 1) / bits);
        return string.Create(count, (value, bits), static (digits, state) =>
        {
            byte[] bytes = state.value.ToByteArray(isUnsigned: true);
            for (int i = 0; i < digits.Length; i++)
            {
                int digit = 0;
                for (int bit = 0; bit < state.bits; bit++)
                {
                    int place = i * state.bits + bit;
                    if (place / 8 < bytes.Length && (bytes[place / 8] >> place % 8 & 1) != 0)
                        digit |= 1 << bit;
                }
                digits[digits.Length - 1 - i] = "0123456789abcdef"[digit];
            }
        });
    }
}
