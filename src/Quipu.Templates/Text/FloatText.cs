namespace Quipu.Templates.Text;

/// <summary>Floats as text, exactly as Python writes them: correctly rounded, halves to even.</summary>
internal static class FloatText
{
    /// <summary>No double has more decimal places than this; further ones are zeros.</summary>
    private const int MaxPlaces = 1074;

    /// <summary>The shortest text that reads back as the same float; always with a point, an exponent or a name.</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
            return Special(value);
        string digits = Shortest(value, out int exponent);
        string sign = double.IsNegative(value) ? "-" : "";
        if (exponent is >= -4 and < 16)
        {
            string plain = Place(digits, exponent);
            return sign + (plain.Contains('.') ? plain : plain + ".0");
        }
        string mantissa = digits.Length > 1 ? digits[0] + "." + digits[1..] : digits;
        return sign + mantissa + Exponent(exponent, 'e');
    }

    public static string Special(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    /// <summary>A finite float's magnitude with so many places behind the point.</summary>
    public static string Fixed(double value, int places)
    {
        int exact = Math.Min(places, MaxPlaces);
        string digits = Scaled(value, exact).ToString(CultureInfo.InvariantCulture).PadLeft(exact + 1, '0');
        if (places == 0)
            return digits;
        return digits[..^exact] + "." + digits[^exact..] + new string('0', places - exact);
    }

    /// <summary>A finite float's magnitude as <c>d.ddde+xx</c> with so many places.</summary>
    public static string Scientific(double value, int places, char letter)
    {
        string digits = Significant(value, Math.Min(places, MaxPlaces) + 1, out int exponent).PadRight(places + 1, '0');
        return (places > 0 ? digits[..1] + "." + digits[1..] : digits) + Exponent(exponent, letter);
    }

    /// <summary>A finite float's magnitude with so many significant digits, plain or scientific, whichever is fit.</summary>
    /// <param name="value">The float.</param>
    /// <param name="precision">The number of significant digits, from 1.</param>
    /// <param name="letter">What marks an exponent: <c>e</c> or <c>E</c>.</param>
    /// <param name="keepZeros">Whether zeros at the end stay.</param>
    /// <param name="plainBelow">The first power of ten that is written with an exponent; the precision where it is not given.</param>
    public static string General(double value, int precision, char letter, bool keepZeros, int? plainBelow = null)
    {
        string digits = Significant(value, Math.Min(precision, MaxPlaces), out int exponent);
        if (keepZeros)
            digits = digits.PadRight(precision, '0');
        else
            digits = digits.TrimEnd('0') is { Length: > 0 } kept ? kept : "0";
        if (exponent >= -4 && exponent < (plainBelow ?? precision))
            return Place(digits, exponent);
        return (digits.Length > 1 ? digits[0] + "." + digits[1..] : digits) + Exponent(exponent, letter);
    }

    /// <summary>The float nearest to the value rounded to so many places; negative places round before the point.</summary>
    public static double Round(double value, int places)
    {
        if (!double.IsFinite(value) || places > MaxPlaces)
            return value;
        if (places < -309)
            return double.IsNegative(value) ? -0.0 : 0.0;
        string digits = places >= 0
            ? Fixed(value, places)
            : Scaled(value, places).ToString(CultureInfo.InvariantCulture) + "e" + (-places).ToString(CultureInfo.InvariantCulture);
        double magnitude = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsNegative(value) ? -magnitude : magnitude;
    }

    /// <summary>The shortest digits that name the float, and the power of ten of the first one.</summary>
    private static string Shortest(double value, out int exponent)
    {
        exponent = 0;
        if (value == 0)
            return "0";
        string text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (mark >= 0)
            exponent = int.Parse(text.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        else if (text[0] == '0')
            exponent = -1 - text.AsSpan(2).IndexOfAnyExcept('0');
        else
            exponent = (point > 0 ? point : text.Length) - 1;
        return (mark < 0 ? text : text[..mark]).Replace(".", "", StringComparison.Ordinal).Trim('0');
    }

    /// <summary>Puts the point where the first digit's power of ten says.</summary>
    private static string Place(string digits, int exponent)
    {
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1)
            return digits.PadRight(exponent + 1, '0');
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static string Exponent(int exponent, char letter) =>
        $"{letter}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";

    /// <summary>So many significant digits of the magnitude, rounded exactly, and the power of ten of the first.</summary>
    private static string Significant(double value, int count, out int exponent)
    {
        exponent = 0;
        if (value == 0)
            return new string('0', count);
        exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        // The logarithm may be off by one, and rounding may carry into a new digit.
        for (int guess = exponent - 1; ; guess++)
        {
            string digits = Scaled(value, count - 1 - guess).ToString(CultureInfo.InvariantCulture);
            if (digits.Length > count)
                continue;
            exponent = guess;
            return digits;
        }
    }

    /// <summary>|value| times ten to the power of <paramref name="places"/>, to the nearest integer, halves to even.</summary>
    private static BigInteger Scaled(double value, int places)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int power = (int)(bits >> 52 & 0x7ff);
        BigInteger numerator = power == 0 ? bits & 0xfffffffffffff : bits & 0xfffffffffffff | 1L << 52;
        int exponent = Math.Max(power, 1) - 1075;
        BigInteger denominator = BigInteger.One;
        if (exponent > 0)
            numerator <<= exponent;
        else
            denominator <<= -exponent;
        if (places > 0)
            numerator *= BigInteger.Pow(10, places);
        else
            denominator *= BigInteger.Pow(10, -places);
        var quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
