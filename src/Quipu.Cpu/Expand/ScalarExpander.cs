using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Expand;

/// <summary>Expands rows element by element: the reference, and the way of processors without vectors.</summary>
internal static unsafe class ScalarExpander<TFormat> where TFormat : struct, IExpandable
{
    /// <summary>See <see cref="RowExpander.Expand"/>.</summary>
    public static void Expand(byte* row, int columns, byte* quants, float* scales, float* mins)
    {
        int groups = TFormat.BlockLength / RowLayout.GroupLength;
        for (int start = 0; start < columns; start += TFormat.BlockLength, row += TFormat.BlockBytes)
        {
            for (int i = 0; i < TFormat.BlockLength; i++)
                quants[start + i] = (byte)TFormat.Quant(row, i);
            int first = start / RowLayout.GroupLength;
            for (int group = 0; group < groups; group++)
            {
                scales[first + group] = TFormat.Scale(row, group);
                if (TFormat.Range != QuantRange.Signed)
                    mins[first + group] = TFormat.Minimum(row, group);
            }
        }
    }
}
