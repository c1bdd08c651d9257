using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q5_0: w = d·q − 16·d.</summary>
internal readonly unsafe struct Q5_0Blocks : IExpandable
{
    private const int MaskOffset = 2, QuantsOffset = 6;

    public static int BlockLength => 32;

    public static int BlockBytes => 22;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index) =>
        Packed.Nibble(block + QuantsOffset, index) | (Packed.Bit(block + MaskOffset, index) << 4);

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => -16 * Scale(block, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        // The scale and the lower half of the mask, then its upper half and the first quants.
        TRows.LoadColumns(rows, 0, out TRows head, out TRows next, out _, out _);
        ExpandQuants(rows, QuantsOffset, TRows.ShiftRight(head, 16) | TRows.ShiftLeft(next, 16), ref sink);
        TRows scale = TRows.HalfToSingle(head);
        sink.Scale(0, scale);
        sink.Min(0, TRows.Multiply(scale, -16));
    }

    /// <summary>Quants of five bits, the fifth from a mask, which Q5_1 has too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExpandQuants<TRows, TSink>(RowPointers rows, long offset, TRows masks, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows low = TRows.Broadcast(15);
        TRows.LoadColumns(rows, offset, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
        sink.Quants(
            0, (c0 & low) | TRows.FifthBits(masks, 0), (c1 & low) | TRows.FifthBits(masks, 1),
            (c2 & low) | TRows.FifthBits(masks, 2), (c3 & low) | TRows.FifthBits(masks, 3));
        sink.Quants(
            16, (TRows.ShiftRight(c0, 4) & low) | TRows.FifthBits(masks, 4), (TRows.ShiftRight(c1, 4) & low) | TRows.FifthBits(masks, 5),
            (TRows.ShiftRight(c2, 4) & low) | TRows.FifthBits(masks, 6), (TRows.ShiftRight(c3, 4) & low) | TRows.FifthBits(masks, 7));
    }
}
