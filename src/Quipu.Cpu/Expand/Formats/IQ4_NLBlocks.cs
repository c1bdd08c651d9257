using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>IQ4_NL: w = d·table[q].</summary>
internal readonly unsafe struct IQ4_NLBlocks : IExpandable
{
    private const int QuantsOffset = 2;

    /// <summary>The table of IQ4_NL and IQ4_XS.</summary>
    public static Vector128<sbyte> Table => Vector128.Create(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    public static int BlockLength => 32;

    public static int BlockBytes => 18;

    public static QuantRange Range => QuantRange.Signed;

    public static int Quant(byte* block, int index) => Table[Packed.Nibble(block + QuantsOffset, index)];

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        ExpandQuants<TRows, TSink>(rows, QuantsOffset, 0, ref sink);
        sink.Scale(0, TRows.HalfToSingle(TRows.LoadWords(rows, 0)));
    }

    /// <summary>Quants of 32 elements, which IQ4_XS has too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExpandQuants<TRows, TSink>(RowPointers rows, long offset, int column, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows low = TRows.Broadcast(15);
        var table = Table;
        TRows.LoadColumns(rows, offset, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
        sink.Quants(column, TRows.Lookup(table, c0 & low), TRows.Lookup(table, c1 & low), TRows.Lookup(table, c2 & low), TRows.Lookup(table, c3 & low));
        (c0, c1, c2, c3) = (TRows.ShiftRight(c0, 4), TRows.ShiftRight(c1, 4), TRows.ShiftRight(c2, 4), TRows.ShiftRight(c3, 4));
        sink.Quants(
            column + 16, TRows.Lookup(table, c0 & low), TRows.Lookup(table, c1 & low), TRows.Lookup(table, c2 & low), TRows.Lookup(table, c3 & low));
    }
}
