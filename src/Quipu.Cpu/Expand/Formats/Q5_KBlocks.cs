using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q5_K: w = d·s·q − e·m.</summary>
internal readonly unsafe struct Q5_KBlocks : IExpandable
{
    private const int HighOffset = 16, QuantsOffset = 48;

    public static int BlockLength => 256;

    public static int BlockBytes => 176;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index)
    {
        int lower = Packed.WideNibble(block + QuantsOffset + (index / 64 * 32), index % 64);
        return lower | (((block[HighOffset + (index % 32)] >> (index / 32)) & 1) << 4);
    }

    public static float Scale(byte* block, int group) => Q4_KBlocks.Scale(block, group);

    public static float Minimum(byte* block, int group) => Q4_KBlocks.Minimum(block, group);

    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink target)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TSink sink = target;
        Q4_KBlocks.ExpandScales<TRows, TSink>(rows, ref sink);
        for (int half = 0; half < 32; half += 16)
        {
            TRows.LoadColumns(rows, HighOffset + half, out TRows h0, out TRows h1, out TRows h2, out TRows h3);
            for (int pair = 0; pair < 4; pair++)
            {
                TRows.LoadColumns(rows, QuantsOffset + (32 * pair) + half, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
                sink.Quants((64 * pair) + half, Low(c0, h0), Low(c1, h1), Low(c2, h2), Low(c3, h3));
                sink.Quants((64 * pair) + half + 32, High(c0, h0), High(c1, h1), High(c2, h2), High(c3, h3));
                (h0, h1, h2, h3) = (TRows.ShiftRight(h0, 2), TRows.ShiftRight(h1, 2), TRows.ShiftRight(h2, 2), TRows.ShiftRight(h3, 2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRows Low<TRows>(TRows packed, TRows high) where TRows : struct, IRowLanes<TRows> =>
        (packed & TRows.Broadcast(15)) | (TRows.ShiftLeft(high, 4) & TRows.Broadcast(16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRows High<TRows>(TRows packed, TRows high) where TRows : struct, IRowLanes<TRows> =>
        (TRows.ShiftRight(packed, 4) & TRows.Broadcast(15)) | (TRows.ShiftLeft(high, 3) & TRows.Broadcast(16));
}
