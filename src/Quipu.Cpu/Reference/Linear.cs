using System.Numerics;
using System.Runtime.InteropServices;

namespace Quipu.Cpu.Reference;

/// <summary>The two loops over vectors that the reference device spends its time in beside the matrix product.</summary>
internal static class Linear
{
    /// <summary>sum += factor · input</summary>
    public static void AddScaled(ReadOnlySpan<float> input, float factor, Span<float> sum)
    {
        var inputs = MemoryMarshal.Cast<float, Vector<float>>(input);
        var sums = MemoryMarshal.Cast<float, Vector<float>>(sum)[..inputs.Length];
        for (int k = 0; k < inputs.Length; k++)
            sums[k] += inputs[k] * factor;
        for (int j = inputs.Length * Vector<float>.Count; j < input.Length; j++)
            sum[j] += factor * input[j];
    }

    /// <summary>Σ x · y in four vectors of partial sums, so that an addition need not wait for the one before.</summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        var ys = MemoryMarshal.Cast<float, Vector<float>>(y)[..xs.Length];
        Vector<float> a = default, b = default, c = default, d = default;
        int k = 0;
        for (; k < xs.Length - 3; k += 4)
        {
            a += xs[k] * ys[k];
            b += xs[k + 1] * ys[k + 1];
            c += xs[k + 2] * ys[k + 2];
            d += xs[k + 3] * ys[k + 3];
        }

        float sum = Vector.Sum(a + b + (c + d));
        for (int j = k * Vector<float>.Count; j < x.Length; j++)
            sum += x[j] * y[j];
        return sum;
    }
}
