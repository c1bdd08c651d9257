using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Quipu.Engine.Sampling;

/// <summary>
/// Vectorised arithmetic over logits. Only additions, multiplications and comparisons of eight fixed lanes, so that
/// every machine gets the same bits whatever its vector width.
/// </summary>
internal static class LogitMath
{
    private const int Lanes = 8;

    // Below this, e^x is under the smallest normal float.
    private const float SmallestExponent = -87.3f;
    private const float Log2E = 1.44269504f;
    // ln 2 in two parts: the upper one has few bits, so that its product with an integer is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>The greatest logit.</summary>
    /// <exception cref="InvalidLogitsException">A logit is NaN or +∞, or all are −∞.</exception>
    public static float CheckedMaximum(ReadOnlySpan<float> logits) => CheckedCopy(logits, []);

    /// <summary>
    /// Copies logits, if there is where to, and finds the greatest on the way. A copy by CopyTo took three times as long as this: see
    /// docs/performance.md, Several chats.
    /// </summary>
    /// <param name="logits">The logits.</param>
    /// <param name="destination">As long, or empty.</param>
    /// <exception cref="InvalidLogitsException">A logit is NaN or +∞, or all are −∞.</exception>
    public static float CheckedCopy(ReadOnlySpan<float> logits, Span<float> destination)
    {
        ReadOnlySpan<Vector256<float>> blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        Span<Vector256<float>> copies = MemoryMarshal.Cast<float, Vector256<float>>(destination);
        Vector256<float> most = Vector256.Create(float.NegativeInfinity);
        Vector256<float> notANumber = Vector256<float>.Zero;
        for (int i = 0; i < blocks.Length; i++)
        {
            Vector256<float> block = blocks[i];
            most = Vector256.ConditionalSelect(Vector256.GreaterThan(block, most), block, most);
            notANumber |= ~Vector256.Equals(block, block);
            if (i < copies.Length)
                copies[i] = block;
        }
        float maximum = float.NegativeInfinity;
        for (int lane = 0; lane < Lanes; lane++)
            maximum = MathF.Max(maximum, most[lane]);
        int rest = blocks.Length * Lanes;
        foreach (float logit in logits[rest..])
            maximum = MathF.Max(maximum, logit); // NaN wins
        if (!destination.IsEmpty)
            logits[rest..].CopyTo(destination[rest..]);
        if (!float.IsFinite(maximum) || notANumber != Vector256<float>.Zero)
            throw Invalid(logits);
        return maximum;
    }

    /// <summary>The first place of a value that is present.</summary>
    public static int IndexOf(ReadOnlySpan<float> values, float value)
    {
        ReadOnlySpan<Vector256<float>> blocks = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Vector256<float> wanted = Vector256.Create(value);
        for (int i = 0; i < blocks.Length; i++)
        {
            uint equal = Vector256.Equals(blocks[i], wanted).ExtractMostSignificantBits();
            if (equal != 0)
                return i * Lanes + BitOperations.TrailingZeroCount(equal);
        }
        for (int i = blocks.Length * Lanes; i < values.Length; i++)
            if (values[i] == value)
                return i;
        throw new ArgumentException("The value is not among them.", nameof(value));
    }

    /// <summary>Greatest of the values, which may be −∞.</summary>
    public static float Maximum(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector256<float>> blocks = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Vector256<float> most = Vector256.Create(float.NegativeInfinity);
        foreach (Vector256<float> block in blocks)
            most = Vector256.Max(most, block);
        float maximum = float.NegativeInfinity;
        for (int lane = 0; lane < Lanes; lane++)
            maximum = MathF.Max(maximum, most[lane]);
        foreach (float value in values[(blocks.Length * Lanes)..])
            maximum = MathF.Max(maximum, value);
        return maximum;
    }

    /// <summary>Writes e^(logit − maximum) and returns the sum.</summary>
    public static double Exponentials(ReadOnlySpan<float> logits, float maximum, Span<float> exponentials)
    {
        ReadOnlySpan<Vector256<float>> source = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        Span<Vector256<float>> target = MemoryMarshal.Cast<float, Vector256<float>>(exponentials);
        Vector256<float> shift = Vector256.Create(maximum);
        Vector256<double> sum = Vector256<double>.Zero;
        for (int i = 0; i < source.Length; i++)
        {
            Vector256<float> exponential = Exp(source[i] - shift);
            target[i] = exponential;
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(exponential);
            sum += lower + upper;
        }
        double total = sum[0] + sum[1] + sum[2] + sum[3];
        for (int i = source.Length * Lanes; i < logits.Length; i++)
        {
            exponentials[i] = Exp(logits[i] - maximum);
            total += exponentials[i];
        }
        return total;
    }

    /// <summary>e^x for x at or below 0.</summary>
    public static float Exp(float x) => Exp(Vector256.Create(x)).ToScalar();

    /// <summary>Divides all values.</summary>
    public static void Divide(Span<float> values, float divisor)
    {
        Span<Vector256<float>> blocks = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Vector256<float> divisors = Vector256.Create(divisor);
        foreach (ref Vector256<float> block in blocks)
            block /= divisors;
        foreach (ref float value in values[(blocks.Length * Lanes)..])
            value /= divisor;
    }

    /// <summary>Standard deviation of the values that are not −∞; 0 where there are none.</summary>
    public static double StandardDeviation(ReadOnlySpan<float> values)
    {
        double sum = 0;
        int count = 0;
        foreach (float value in values)
            if (value > float.NegativeInfinity)
            {
                sum += value;
                count++;
            }
        if (count == 0)
            return 0;
        double mean = sum / count;
        double squares = 0;
        foreach (float value in values)
            if (value > float.NegativeInfinity)
                squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / count);
    }

    // e^x for x <= 0: x = n ln 2 + r with |r| <= ln 2 / 2, Taylor's series of degree 7 for e^r (its rest is under
    // 6e-9), then n goes into the exponent's bits. NaN stays NaN.
    private static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> n = Vector256.Floor(x * Log2E + Vector256.Create(0.5f));
        Vector256<float> r = x - n * Ln2High - n * Ln2Low;
        Vector256<float> y = Vector256.Create(1f / 5040);
        y = y * r + Vector256.Create(1f / 720);
        y = y * r + Vector256.Create(1f / 120);
        y = y * r + Vector256.Create(1f / 24);
        y = y * r + Vector256.Create(1f / 6);
        y = y * r + Vector256.Create(0.5f);
        y = y * r + Vector256<float>.One;
        y = y * r + Vector256<float>.One;
        Vector256<int> exponent = Vector256.ConvertToInt32(n) + Vector256.Create(127);
        Vector256<float> result = y * (exponent << 23).AsSingle();
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(SmallestExponent)), Vector256<float>.Zero, result);
    }

    private static InvalidLogitsException Invalid(ReadOnlySpan<float> logits)
    {
        for (int i = 0; i < logits.Length; i++)
            if (float.IsNaN(logits[i]) || float.IsPositiveInfinity(logits[i]))
                return new InvalidLogitsException($"The logit of token {i} is {(float.IsNaN(logits[i]) ? "not a number" : "+∞")}: " +
                    "the model's file is damaged or a computation overflowed.");
        return new InvalidLogitsException("Every logit is −∞: no token may be chosen.");
    }
}
