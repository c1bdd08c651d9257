using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Expand;

/// <summary>Expands rows of super-blocks of 256.</summary>
internal static unsafe class SuperBlockExpander<TFormat, TBytes>
    where TFormat : struct, ISuperBlocks
    where TBytes : struct, IBytes32<TBytes>
{
    /// <summary>See <see cref="RowExpander.Expand"/>.</summary>
    public static void Expand(byte* row, int columns, byte* quants, float* scales, float* mins)
    {
        const int length = 256;
        for (int start = 0; start < columns; start += length, row += TFormat.BlockBytes)
        {
            int group = start / RowLayout.GroupLength;
            TFormat.Expand<TBytes>(row, quants + start, scales + group, mins + group);
        }
    }
}
