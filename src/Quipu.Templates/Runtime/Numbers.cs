namespace Quipu.Templates.Runtime;

/// <summary>Exact conversions between integers of any size and floats.</summary>
internal static class Numbers
{
    /// <summary>The nearest float, halves to even.</summary>
    /// <exception cref="TemplateException">The integer is too large.</exception>
    public static double ToDouble(BigInteger value)
    {
        double result = Scale(value, 0);
        return double.IsFinite(result) ? result : throw new TemplateException("int too large to convert to float");
    }

    /// <summary>The nearest float to a quotient of integers.</summary>
    public static double Divide(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
            throw new TemplateException("division by zero");
        // 66 bits of quotient at least; the last bit says whether anything was left over.
        int shift = (int)Math.Max(0, 66 + right.GetBitLength() - left.GetBitLength());
        var quotient = BigInteger.DivRem(left << shift, right, out BigInteger rest);
        double result = rest.IsZero ? Scale(quotient, -shift) : Scale(quotient * 2 + left.Sign * right.Sign, -shift - 1);
        return double.IsFinite(result) ? result : throw new TemplateException("integer division result too large for a float");
    }

    /// <summary>Orders an integer and a float exactly; the float must not be NaN.</summary>
    public static int Compare(BigInteger left, double right)
    {
        if (double.IsInfinity(right))
            return right > 0 ? -1 : 1;
        double floor = Math.Floor(right);
        int order = left.CompareTo(new BigInteger(floor));
        return order == 0 && right > floor ? -1 : order;
    }

    /// <summary>The float nearest to <paramref name="value"/> times two to the power of <paramref name="exponent"/>.</summary>
    private static double Scale(BigInteger value, int exponent)
    {
        if (long.MinValue <= value && value <= long.MaxValue)
            return Math.ScaleB((double)(long)value, exponent);
        BigInteger magnitude = BigInteger.Abs(value);
        int excess = (int)magnitude.GetBitLength() - 64;
        if (excess > 0)
        {
            BigInteger top = magnitude >> excess;
            // A bit far below the rounding place stands for everything cut off, so that no half is seen where there is none.
            magnitude = (top << excess) == magnitude ? top : top | BigInteger.One;
        }
        double result = Math.ScaleB((double)(ulong)magnitude, Math.Max(excess, 0) + exponent);
        return value.Sign < 0 ? -result : result;
    }
}
