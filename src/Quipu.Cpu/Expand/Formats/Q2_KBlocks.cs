using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q2_K: w = d·s·q − e·m.</summary>
internal readonly unsafe struct Q2_KBlocks : IExpandable
{
    private const int QuantsOffset = 16, ScaleOffset = 80, MinimumOffset = 82;

    public static int BlockLength => 256;

    public static int BlockBytes => 84;

    public static QuantRange Range => QuantRange.Below64;

    public static int Quant(byte* block, int index) => Packed.TwoBits(block + QuantsOffset + (index / 128 * 32), index % 128);

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)(block + ScaleOffset));

    public static float Minimum(byte* block, int group) => -HalfBits.ToSingle(*(ushort*)(block + MinimumOffset));

    public static int SubScale(byte* block, int sixteen) => block[sixteen] & 15;

    public static int SubMinimum(byte* block, int sixteen) => block[sixteen] >> 4;

    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink target)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TSink sink = target;
        TRows heads = TRows.LoadWords(rows, ScaleOffset);
        sink.Scales(TRows.HalfToSingle(heads), TRows.Multiply(TRows.HalfToSingle(TRows.ShiftRight(heads, 16)), -1));
        TRows.LoadColumns(rows, 0, out TRows s0, out TRows s1, out TRows s2, out TRows s3);
        ExpandScales(0, s0, ref sink);
        ExpandScales(2, s1, ref sink);
        ExpandScales(4, s2, ref sink);
        ExpandScales(6, s3, ref sink);
        TRows two = TRows.Broadcast(3);
        for (int part = 0; part < 4; part++)
        {
            TRows.LoadColumns(rows, QuantsOffset + (16 * part), out TRows c0, out TRows c1, out TRows c2, out TRows c3);
            for (int column = (part / 2 * 128) + (part % 2 * 16), end = column + 128; column < end; column += 32)
            {
                sink.Quants(column, c0 & two, c1 & two, c2 & two, c3 & two);
                (c0, c1, c2, c3) = (TRows.ShiftRight(c0, 2), TRows.ShiftRight(c1, 2), TRows.ShiftRight(c2, 2), TRows.ShiftRight(c3, 2));
            }
        }
    }

    // Four bytes, each a scale in the low nibble and a minimum in the high one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandScales<TRows, TSink>(int group, TRows packed, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows low = TRows.Broadcast(15);
        sink.SubScales(group, packed & low, TRows.ShiftRight(packed, 4) & low);
    }
}
