using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>Root mean square normalization of rows.</summary>
internal static unsafe class Normalization
{
    /// <summary>output = input / rms(input) · gain, row by row; input and output may be the same.</summary>
    /// <param name="input">[rows, columns].</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="gain">[columns].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="output">[rows, columns].</param>
    public static void RmsNorm<TLane>(float* input, int rows, int columns, float* gain, float epsilon, float* output)
        where TLane : struct, ILane<TLane>
    {
        for (int row = 0; row < rows; row++, input += columns, output += columns)
        {
            float factor = InverseRms<TLane>(input, columns, epsilon);
            TLane factors = TLane.Broadcast(factor);
            int i = 0;
            for (; i <= columns - TLane.Count; i += TLane.Count)
                TLane.Store(TLane.Load(input + i) * factors * TLane.Load(gain + i), output + i);
            for (; i < columns; i++)
                output[i] = input[i] * factor * gain[i];
        }
    }

    /// <summary>residual += input / rms(input) · gain, row by row.</summary>
    /// <param name="input">[rows, columns].</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="gain">[columns].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="residual">[rows, columns].</param>
    public static void RmsNormAdd<TLane>(float* input, int rows, int columns, float* gain, float epsilon, float* residual)
        where TLane : struct, ILane<TLane>
    {
        for (int row = 0; row < rows; row++, input += columns, residual += columns)
        {
            float factor = InverseRms<TLane>(input, columns, epsilon);
            TLane factors = TLane.Broadcast(factor);
            int i = 0;
            for (; i <= columns - TLane.Count; i += TLane.Count)
                TLane.Store(TLane.Load(residual + i) + (TLane.Load(input + i) * factors * TLane.Load(gain + i)), residual + i);
            for (; i < columns; i++)
                residual[i] += input[i] * factor * gain[i];
        }
    }

    /// <summary>RmsNorm over each head of each row, in place.</summary>
    /// <param name="values">[rows, columns], where columns is a multiple of <paramref name="headDim"/>.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="headDim">Elements of a head.</param>
    /// <param name="gain">[headDim].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static void RmsNormHeads<TLane>(float* values, int rows, int columns, int headDim, float* gain, float epsilon)
        where TLane : struct, ILane<TLane> =>
        RmsNorm<TLane>(values, checked(rows * (columns / headDim)), headDim, gain, epsilon, values);

    // Four sums, so that neither latency nor (with one lane) the rounding of a long chain shows.
    private static float InverseRms<TLane>(float* input, int columns, float epsilon) where TLane : struct, ILane<TLane>
    {
        TLane sum0 = TLane.Zero, sum1 = TLane.Zero, sum2 = TLane.Zero, sum3 = TLane.Zero;
        int i = 0;
        for (; i <= columns - (4 * TLane.Count); i += 4 * TLane.Count)
        {
            TLane x0 = TLane.Load(input + i), x1 = TLane.Load(input + i + TLane.Count);
            TLane x2 = TLane.Load(input + i + (2 * TLane.Count)), x3 = TLane.Load(input + i + (3 * TLane.Count));
            sum0 = TLane.MultiplyAdd(x0, x0, sum0);
            sum1 = TLane.MultiplyAdd(x1, x1, sum1);
            sum2 = TLane.MultiplyAdd(x2, x2, sum2);
            sum3 = TLane.MultiplyAdd(x3, x3, sum3);
        }
        float sum = TLane.Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < columns; i++)
            sum += input[i] * input[i];
        return 1f / MathF.Sqrt((sum / columns) + epsilon);
    }
}
