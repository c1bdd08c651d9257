using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>Root mean square normalization of rows.</summary>
internal static unsafe class Normalization
{
    private const int SumCount = 64;

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

    // Element i is added to sum i mod 64, then the sums are folded in halves: whatever the width of a register, the same bits.
    private static float InverseRms<TLane>(float* input, int columns, float epsilon) where TLane : struct, ILane<TLane>
    {
        float* sums = stackalloc float[SumCount]; // zeroed
        int start = 0;
        for (; start <= columns - SumCount; start += SumCount)
        {
            for (int j = 0; j < SumCount; j += TLane.Count)
            {
                TLane x = TLane.Load(input + start + j);
                TLane.Store(TLane.Load(sums + j) + (x * x), sums + j);
            }
        }

        for (int i = start; i < columns; i++)
            sums[i - start] += input[i] * input[i];
        for (int half = SumCount / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++)
                sums[j] += sums[j + half];
        }

        return 1f / MathF.Sqrt((sums[0] / columns) + epsilon);
    }
}
