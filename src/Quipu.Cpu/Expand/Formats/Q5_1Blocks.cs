using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q5_1: w = d·q + m.</summary>
internal readonly unsafe struct Q5_1Blocks : IExpandable
{
    private const int MinimumOffset = 2, MaskOffset = 4, QuantsOffset = 8;

    public static int BlockLength => 32;

    public static int BlockBytes => 24;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index) =>
        Packed.Nibble(block + QuantsOffset, index) | (Packed.Bit(block + MaskOffset, index) << 4);

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => HalfBits.ToSingle(*(ushort*)(block + MinimumOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        // Scale and minimum, then the mask.
        TRows.LoadColumns(rows, 0, out TRows heads, out TRows masks, out _, out _);
        Q5_0Blocks.ExpandQuants(rows, QuantsOffset, masks, ref sink);
        sink.Scale(0, TRows.HalfToSingle(heads));
        sink.Min(0, TRows.HalfToSingle(TRows.ShiftRight(heads, 16)));
    }
}
