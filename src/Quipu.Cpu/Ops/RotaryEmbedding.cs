using Quipu.Cpu.Lanes;
using Quipu.Tensors;

namespace Quipu.Cpu.Ops;

/// <summary>Rotary position embedding: a table of rotations, and its application to heads.</summary>
internal static unsafe class RotaryEmbedding
{
    // Rotations whose factors are spread out at a time: on the stack, whatever the head's length.
    private const int ChunkPairs = 128;

    /// <summary>
    /// Fills rows of [cos 0, sin 0, cos 1, sin 1, …] of position · frequency, times <paramref name="magnitude"/>. The angle is a
    /// double: at position 100 000 a float has lost four decimal digits of it.
    /// </summary>
    public static void FillTable(ReadOnlySpan<int> positions, ReadOnlySpan<float> frequencies, float magnitude, float* table)
    {
        foreach (int position in positions)
            foreach (float frequency in frequencies)
            {
                (double sine, double cosine) = Math.SinCos((double)position * frequency);
                *table++ = (float)(cosine * magnitude);
                *table++ = (float)(sine * magnitude);
            }
    }

    /// <summary>Rotates each head of each row in place by the row's table.</summary>
    /// <param name="values">[rows, columns], where columns is a multiple of <paramref name="headDim"/>.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="headDim">Elements of a head.</param>
    /// <param name="table">[rows, rotated], as <see cref="FillTable"/> writes it.</param>
    /// <param name="rotated">Elements of a head that turn: even, at most <paramref name="headDim"/>.</param>
    /// <param name="style">Which elements are a pair.</param>
    public static void Rotate<TLane>(
        float* values, int rows, int columns, int headDim, float* table, int rotated, RopeStyle style)
        where TLane : struct, ILane<TLane>
    {
        int pairs = rotated / 2;
        for (int row = 0; row < rows; row++, values += columns, table += rotated)
            for (int first = 0; first < pairs; first += ChunkPairs)
            {
                int count = Math.Min(ChunkPairs, pairs - first);
                if (style == RopeStyle.Neox)
                    RotateHalves<TLane>(values + first, columns, headDim, pairs, table + (2 * first), count);
                else
                    RotateNeighbours<TLane>(values + (2 * first), columns, headDim, table + (2 * first), count);
            }
    }

    private static void RotateHalves<TLane>(float* values, int columns, int headDim, int half, float* table, int pairs)
        where TLane : struct, ILane<TLane>
    {
        float* cosines = stackalloc float[ChunkPairs];
        float* sines = stackalloc float[ChunkPairs];
        for (int j = 0; j < pairs; j++)
            (cosines[j], sines[j]) = (table[2 * j], table[(2 * j) + 1]);
        for (int head = 0; head < columns; head += headDim)
        {
            float* low = values + head;
            float* high = low + half;
            int j = 0;
            for (; j <= pairs - TLane.Count; j += TLane.Count)
                RotateLanes<TLane>(low + j, high + j, cosines + j, sines + j);
            for (; j < pairs; j++)
                RotateLanes<Lane1>(low + j, high + j, cosines + j, sines + j);
        }
    }

    private static void RotateLanes<TLane>(float* low, float* high, float* cosines, float* sines) where TLane : struct, ILane<TLane>
    {
        TLane x = TLane.Load(low), y = TLane.Load(high), cosine = TLane.Load(cosines), sine = TLane.Load(sines);
        TLane.Store(TLane.MultiplyAdd(x, cosine, TLane.Zero - (y * sine)), low);
        TLane.Store(TLane.MultiplyAdd(y, cosine, x * sine), high);
    }

    private static void RotateNeighbours<TLane>(float* values, int columns, int headDim, float* table, int pairs)
        where TLane : struct, ILane<TLane>
    {
        // x · (cos, cos) + swap(x) · (−sin, sin), with both factors spread out once a row for all its heads.
        float* cosines = stackalloc float[2 * ChunkPairs];
        float* sines = stackalloc float[2 * ChunkPairs];
        for (int j = 0; j < 2 * pairs; j += 2)
        {
            cosines[j] = cosines[j + 1] = table[j];
            sines[j] = -table[j + 1];
            sines[j + 1] = table[j + 1];
        }
        for (int head = 0; head < columns; head += headDim)
        {
            float* x = values + head;
            int j = 0;
            if (TLane.Count > 1)
                for (; j <= (2 * pairs) - TLane.Count; j += TLane.Count)
                {
                    TLane value = TLane.Load(x + j);
                    TLane turned = TLane.SwapPairs(value) * TLane.Load(sines + j);
                    TLane.Store(TLane.MultiplyAdd(value, TLane.Load(cosines + j), turned), x + j);
                }
            for (; j < 2 * pairs; j += 2)
            {
                (float first, float second) = (x[j], x[j + 1]);
                x[j] = (first * cosines[j]) + (second * sines[j]);
                x[j + 1] = (second * cosines[j + 1]) + (first * sines[j + 1]);
            }
        }
    }
}
