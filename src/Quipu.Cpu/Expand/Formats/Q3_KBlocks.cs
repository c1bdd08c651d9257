using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q3_K: w = d·(s − 32)·q − 4·d·(s − 32).</summary>
internal readonly unsafe struct Q3_KBlocks : IExpandable
{
    private const int QuantsOffset = 32, ScalesOffset = 96, ScaleOffset = 108;

    public static int BlockLength => 256;

    public static int BlockBytes => 110;

    public static QuantRange Range => QuantRange.Below64;

    public static int Quant(byte* block, int index)
    {
        int lower = Packed.TwoBits(block + QuantsOffset + (index / 128 * 32), index % 128);
        return lower | (((block[index % 32] >> (index / 32)) & 1) << 2);
    }

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)(block + ScaleOffset));

    public static float Minimum(byte* block, int group) => -4 * Scale(block, group);

    public static int SubScale(byte* block, int sixteen)
    {
        byte* scales = block + ScalesOffset;
        int lower = sixteen < 8 ? scales[sixteen] & 15 : scales[sixteen - 8] >> 4;
        int upper = (scales[8 + (sixteen % 4)] >> (sixteen / 4 * 2)) & 3;
        return (lower | (upper << 4)) - 32;
    }

    public static int SubMinimum(byte* block, int sixteen) => SubScale(block, sixteen);

    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink target)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TSink sink = target;
        ExpandScales<TRows, TSink>(rows, ref sink);
        for (int half = 0; half < 32; half += 16)
        {
            TRows.LoadColumns(rows, half, out TRows h0, out TRows h1, out TRows h2, out TRows h3);
            for (int part = 0; part < 2; part++)
            {
                TRows.LoadColumns(rows, QuantsOffset + (32 * part) + half, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
                for (int column = (128 * part) + half, end = column + 128; column < end; column += 32)
                {
                    sink.Quants(column, Join(c0, h0), Join(c1, h1), Join(c2, h2), Join(c3, h3));
                    (c0, c1, c2, c3) = (TRows.ShiftRight(c0, 2), TRows.ShiftRight(c1, 2), TRows.ShiftRight(c2, 2), TRows.ShiftRight(c3, 2));
                    (h0, h1, h2, h3) = (TRows.ShiftRight(h0, 1), TRows.ShiftRight(h1, 1), TRows.ShiftRight(h2, 1), TRows.ShiftRight(h3, 1));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRows Join<TRows>(TRows lower, TRows upper) where TRows : struct, IRowLanes<TRows> =>
        (lower & TRows.Broadcast(3)) | (TRows.ShiftLeft(upper, 2) & TRows.Broadcast(4));

    // The lower nibbles of scales 0 to 7 are the low nibbles of eight bytes, those of 8 to 15 the high ones; the upper bits of scales j, j + 4,
    // j + 8 and j + 12 share a byte of the four behind.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandScales<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows scale = TRows.HalfToSingle(TRows.ShiftRight(TRows.LoadWords(rows, ScaleOffset - 2), 16));
        TRows nibbles = TRows.Broadcast(15), two = TRows.Broadcast(0x30);
        sink.Scales(scale, TRows.Multiply(scale, -4));
        TRows a = TRows.LoadWords(rows, ScalesOffset), b = TRows.LoadWords(rows, ScalesOffset + 4);
        TRows upper = TRows.LoadWords(rows, ScalesOffset + 8);
        ExpandScales(0, (a & nibbles) | (TRows.ShiftLeft(upper, 4) & two), ref sink);
        ExpandScales(2, (b & nibbles) | (TRows.ShiftLeft(upper, 2) & two), ref sink);
        ExpandScales(4, (TRows.ShiftRight(a, 4) & nibbles) | (upper & two), ref sink);
        ExpandScales(6, (TRows.ShiftRight(b, 4) & nibbles) | (TRows.ShiftRight(upper, 2) & two), ref sink);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandScales<TRows, TSink>(int group, TRows bytes, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows scales = TRows.SubtractBytes(bytes, 32);
        sink.SubScales(group, scales, scales);
    }
}
