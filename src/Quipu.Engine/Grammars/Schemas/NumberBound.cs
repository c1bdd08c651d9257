using System.Globalization;
using System.Numerics;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>A bound of numbers, exact.</summary>
/// <param name="Unscaled">The number without its point.</param>
/// <param name="Scale">Digits behind the point.</param>
/// <param name="Exclusive">Whether the bound itself is outside.</param>
internal readonly record struct NumberBound(BigInteger Unscaled, int Scale, bool Exclusive) : IComparable<NumberBound>
{
    private const int MaxDigits = 64;

    /// <summary>Zero.</summary>
    public static NumberBound Zero { get; } = new(0, 0, false);

    /// <summary>Reads a JSON number; null where it has too many digits.</summary>
    public static NumberBound? Parse(string text, bool exclusive)
    {
        int e = text.AsSpan().IndexOfAny('e', 'E');
        string mantissa = e < 0 ? text : text[..e];
        int exponent = 0;
        if (e >= 0 && !int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return null;
        if (exponent is < -MaxDigits or > MaxDigits)
            return null;
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int scale = point < 0 ? 0 : mantissa.Length - point - 1;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var value = BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        scale -= exponent;
        if (mantissa.Length > MaxDigits)
            return null;
        if (scale < 0)
            (value, scale) = (value * BigInteger.Pow(10, -scale), 0);
        while (scale > 0 && value % 10 == 0)
            (value, scale) = (value / 10, scale - 1);
        return new NumberBound(value, scale, exclusive);
    }

    /// <summary>The least integer within this lower bound.</summary>
    public BigInteger Ceiling()
    {
        var whole = Floor();
        return Scale == 0 && !Exclusive ? whole : whole + 1;
    }

    /// <summary>The greatest integer within this upper bound.</summary>
    public BigInteger FloorWithin() => Scale == 0 && Exclusive ? Unscaled - 1 : Floor();

    /// <summary>The same distance on the other side of zero.</summary>
    public NumberBound Negate() => this with { Unscaled = -Unscaled };

    /// <summary>The digits before and behind the point of a bound that is not negative.</summary>
    public (BigInteger Whole, string Fraction) Split()
    {
        var whole = Floor();
        string digits = (Unscaled - (whole * BigInteger.Pow(10, Scale))).ToString(CultureInfo.InvariantCulture);
        return (whole, Scale == 0 ? "" : digits.PadLeft(Scale, '0'));
    }

    /// <inheritdoc/>
    public int CompareTo(NumberBound other) =>
        (Unscaled * BigInteger.Pow(10, other.Scale)).CompareTo(other.Unscaled * BigInteger.Pow(10, Scale));

    private BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Unscaled, BigInteger.Pow(10, Scale), out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }
}
