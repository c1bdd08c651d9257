namespace Quipu.Cpu.Expand;

/// <summary>Expands rows of blocks of 32, four blocks at a time.</summary>
internal static unsafe class SmallBlockExpander<TFormat, TBytes>
    where TFormat : struct, ISmallBlocks
    where TBytes : struct, IBytes32<TBytes>
{
    private const int Stride = 4, Length = 32;

    /// <summary>See <see cref="RowExpander.Expand"/>.</summary>
    public static void Expand(byte* row, int columns, byte* quants, float* scales, float* mins)
    {
        int blocks = columns / Length;
        if (blocks < Stride)
        {
            ScalarExpander<TFormat>.Expand(row, columns, quants, scales, mins);
            return;
        }

        for (int next = 0; next < blocks; next += Stride)
        {
            // The last four may overlap the four before.
            int first = Math.Min(next, blocks - Stride);
            byte* block = row + ((long)first * TFormat.BlockBytes), q = quants + ((long)first * Length);
            var heads = FourScales.LoadHeads(block, TFormat.BlockBytes);
            var scale = FourScales.First(heads);
            FourScales.StoreTwice(scale, scales + (2 * first));
            if (TFormat.Range != QuantRange.Signed)
                FourScales.StoreTwice(TFormat.Minimums(heads, scale), mins + (2 * first));
            TBytes.Store(TFormat.Quants<TBytes>(block), q);
            TBytes.Store(TFormat.Quants<TBytes>(block + TFormat.BlockBytes), q + Length);
            TBytes.Store(TFormat.Quants<TBytes>(block + (2 * TFormat.BlockBytes)), q + (2 * Length));
            TBytes.Store(TFormat.Quants<TBytes>(block + (3 * TFormat.BlockBytes)), q + (3 * Length));
        }
    }
}
