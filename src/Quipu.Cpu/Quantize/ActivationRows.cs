using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Quantize;

/// <summary>
/// Quantized activations: rows of int8 with a scale for every 32 elements, x ≈ scale · q. A single row lies as it is; several lie in
/// fours, interleaved four columns at a time, and those that fill up the last four are zeros: a kernel that multiplies four rows reads one stream.
/// </summary>
internal readonly unsafe struct ActivationRows
{
    /// <summary>Elements that share a scale.</summary>
    public const int GroupLength = 32;

    /// <summary>Rows that lie together.</summary>
    public const int Four = 4;

    /// <summary>Rows of activations in memory.</summary>
    /// <param name="memory"><see cref="Bytes"/>, aligned to 64.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">A multiple of 32.</param>
    public ActivationRows(byte* memory, int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        Interleave = rows == 1 ? 1 : Four;
        long stored = StoredRowsOf(rows), groups = stored * columns / GroupLength;
        Quants = (sbyte*)memory;
        Scales = (float*)(memory + (stored * columns));
        Sums = Scales + groups;
        HalfSums = (int*)(Sums + groups);
    }

    /// <summary>[blocks, columns / 4, Interleave, 4], −127 … 127.</summary>
    public sbyte* Quants { get; }

    /// <summary>[blocks, groups, Interleave].</summary>
    public float* Scales { get; }

    /// <summary>[blocks, groups, Interleave]: scale · Σq of every 32 elements, what a weight's minimum is multiplied with.</summary>
    public float* Sums { get; }

    /// <summary>[blocks, groups, Interleave], two int16: Σq of the first 16 elements of every 32, and of the others.</summary>
    public int* HalfSums { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Elements of a row.</summary>
    public int Columns { get; }

    /// <summary>Rows of a block: 1 or 4.</summary>
    public int Interleave { get; }

    /// <summary>Rows with those that fill up the last four.</summary>
    public int StoredRows => StoredRowsOf(Rows);

    /// <summary>Groups of a row.</summary>
    public int Groups => Columns / GroupLength;

    /// <summary>Memory that rows need.</summary>
    public static long Bytes(int rows, int columns) => StoredRowsOf(rows) * (columns + (3L * sizeof(float) * columns / GroupLength));

    /// <summary>Where a row's quants, scales and sums begin.</summary>
    public QuantizedRow Row(int row)
    {
        int inside = Interleave == 1 ? 0 : row % Four;
        long block = row - inside;
        return new QuantizedRow
        {
            Quants = Quants + (block * Columns) + (4 * inside),
            Scales = Scales + (block * Groups) + inside,
            Sums = Sums + (block * Groups) + inside,
            HalfSums = HalfSums + (block * Groups) + inside,
            Stride = Interleave,
        };
    }

    /// <summary>The first row, or four, from a column on, a multiple of 32; <see cref="Next"/> goes on from there.</summary>
    public QuantizedRow First(int column)
    {
        QuantizedRow row = Row(0);
        row.Advance(column);
        return row;
    }

    /// <summary>Goes on to the next row, or the next four, at the same column.</summary>
    public void Next(ref QuantizedRow row) => row.Advance(Columns);

    /// <summary>Zeros in what fills up the last four rows. Their products are dropped, but old bits could be NaN or subnormal, which are slow.</summary>
    public void ClearRowsBeyond()
    {
        for (int row = Rows; row % Interleave != 0; row++) Row(row).Clear(Groups);
    }

    private static int StoredRowsOf(int rows) => rows == 1 ? 1 : (rows + Four - 1) / Four * Four;
}

/// <summary>One row among <see cref="ActivationRows"/>.</summary>
internal unsafe struct QuantizedRow
{
    /// <summary>Four columns, then the next four 4 · <see cref="Stride"/> bytes on.</summary>
    public sbyte* Quants;

    /// <summary>One every <see cref="Stride"/> floats.</summary>
    public float* Scales;

    /// <summary>One every <see cref="Stride"/> floats.</summary>
    public float* Sums;

    /// <summary>One pair every <see cref="Stride"/> of them.</summary>
    public int* HalfSums;

    /// <summary>1 or 4.</summary>
    public int Stride;

    /// <summary>Goes on by some columns, a multiple of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int columns)
    {
        int groups = columns / ActivationRows.GroupLength * Stride;
        Quants += (long)columns * Stride;
        Scales += groups;
        Sums += groups;
        HalfSums += groups;
    }

    /// <summary>Writes zeros into all groups.</summary>
    public readonly void Clear(int groups)
    {
        for (int i = 0; i < groups * ActivationRows.GroupLength / 4; i++) *(int*)(Quants + (4 * i * Stride)) = 0;
        for (int i = 0; i < groups; i++)
        {
            Scales[i * Stride] = 0;
            Sums[i * Stride] = 0;
            HalfSums[i * Stride] = 0;
        }
    }
}
