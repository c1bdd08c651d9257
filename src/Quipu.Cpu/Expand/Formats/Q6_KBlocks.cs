using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q6_K: w = d·s·q − 32·d·s.</summary>
internal readonly unsafe struct Q6_KBlocks : IExpandable
{
    private const int HighOffset = 128, ScalesOffset = 192, ScaleOffset = 208;

    public static int BlockLength => 256;

    public static int BlockBytes => 210;

    public static QuantRange Range => QuantRange.Below64;

    public static int Quant(byte* block, int index)
    {
        int half = index / 128, rest = index % 128;
        int lower = (block[(half * 64) + (rest % 64)] >> (rest / 64 * 4)) & 15;
        return lower | (Packed.TwoBits(block + HighOffset + (half * 32), rest) << 4);
    }

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)(block + ScaleOffset));

    public static float Minimum(byte* block, int group) => -32 * Scale(block, group);

    public static int SubScale(byte* block, int sixteen) => (sbyte)block[ScalesOffset + sixteen];

    public static int SubMinimum(byte* block, int sixteen) => SubScale(block, sixteen);

    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink target)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TSink sink = target;
        TRows scale = TRows.HalfToSingle(TRows.ShiftRight(TRows.LoadWords(rows, ScaleOffset - 2), 16));
        TRows.LoadColumns(rows, ScalesOffset, out TRows s0, out TRows s1, out TRows s2, out TRows s3);
        sink.Scales(scale, TRows.Multiply(scale, -32));
        sink.SubScales(0, s0, s0);
        sink.SubScales(2, s1, s1);
        sink.SubScales(4, s2, s2);
        sink.SubScales(6, s3, s3);
        for (int part = 0; part < 4; part++)
        {
            // Shifts, as signed divisions are five instructions each.
            int lower = ((part >> 1) << 6) + ((part & 1) << 4), column = ((part >> 1) << 7) + ((part & 1) << 4);
            TRows.LoadColumns(rows, HighOffset + (16 * part), out TRows h0, out TRows h1, out TRows h2, out TRows h3);
            for (int offset = 0; offset < 64; offset += 32)
            {
                TRows.LoadColumns(rows, lower + offset, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
                sink.Quants(
                    column + offset, Low(c0, TRows.ShiftLeft(h0, 4)), Low(c1, TRows.ShiftLeft(h1, 4)),
                    Low(c2, TRows.ShiftLeft(h2, 4)), Low(c3, TRows.ShiftLeft(h3, 4)));
                sink.Quants(column + offset + 64, High(c0, h0), High(c1, h1), High(c2, h2), High(c3, h3));
                (h0, h1, h2, h3) = (TRows.ShiftRight(h0, 2), TRows.ShiftRight(h1, 2), TRows.ShiftRight(h2, 2), TRows.ShiftRight(h3, 2));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRows Low<TRows>(TRows packed, TRows high) where TRows : struct, IRowLanes<TRows> =>
        (packed & TRows.Broadcast(15)) | (high & TRows.Broadcast(0x30));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRows High<TRows>(TRows packed, TRows high) where TRows : struct, IRowLanes<TRows> => Low(TRows.ShiftRight(packed, 4), high);
}
