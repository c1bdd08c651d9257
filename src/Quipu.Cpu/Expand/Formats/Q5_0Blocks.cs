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
    public static void Expand<TRows, TSink>(byte** rows, long offset, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        ExpandQuants(rows, offset + QuantsOffset, TRows.LoadWords(rows, offset + MaskOffset), ref sink);
        TRows scale = TRows.HalfToSingle(TRows.LoadWords(rows, offset));
        sink.Scale(0, scale);
        sink.Min(0, TRows.Multiply(scale, -16));
    }

    /// <summary>Quants of five bits, the fifth from a mask, which Q5_1 has too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExpandQuants<TRows, TSink>(byte** rows, long offset, TRows masks, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows low = TRows.Broadcast(15);
        TRows.LoadColumns(rows, offset, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
        sink.Quants(
            0, (c0 & low) | TRows.FromBits(masks, 0, 16), (c1 & low) | TRows.FromBits(masks, 1, 16),
            (c2 & low) | TRows.FromBits(masks, 2, 16), (c3 & low) | TRows.FromBits(masks, 3, 16));
        sink.Quants(
            16, (TRows.ShiftRight(c0, 4) & low) | TRows.FromBits(masks, 4, 16), (TRows.ShiftRight(c1, 4) & low) | TRows.FromBits(masks, 5, 16),
            (TRows.ShiftRight(c2, 4) & low) | TRows.FromBits(masks, 6, 16), (TRows.ShiftRight(c3, 4) & low) | TRows.FromBits(masks, 7, 16));
    }
}
