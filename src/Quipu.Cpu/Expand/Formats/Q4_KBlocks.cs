using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q4_K: w = d·s·q − e·m.</summary>
internal readonly unsafe struct Q4_KBlocks : IExpandable
{
    private const int MinimumOffset = 2, ScalesOffset = 4, QuantsOffset = 16;

    public static int BlockLength => 256;

    public static int BlockBytes => 144;

    public static QuantRange Range => QuantRange.Below16;

    public static int Quant(byte* block, int index) => Packed.WideNibble(block + QuantsOffset + (index / 64 * 32), index % 64);

    public static float Scale(byte* block, int group)
    {
        byte* packed = block + ScalesOffset;
        return HalfBits.ToSingle(*(ushort*)block) * (group < 4 ? packed[group] & 63 : (packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4));
    }

    public static float Minimum(byte* block, int group)
    {
        byte* packed = block + ScalesOffset;
        int min = group < 4 ? packed[group + 4] & 63 : (packed[group + 4] >> 4) | (packed[group] >> 6 << 4);
        return -HalfBits.ToSingle(*(ushort*)(block + MinimumOffset)) * min;
    }

    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink target)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TSink sink = target;
        ExpandScales<TRows, TSink>(rows, ref sink);
        for (int part = 0; part < 8; part++)
        {
            TRows.LoadColumns(rows, QuantsOffset + (16 * part), out TRows c0, out TRows c1, out TRows c2, out TRows c3);
            int column = (part / 2 * 64) + (part % 2 * 16);
            sink.Nibbles<TSink, TRows>(column, column + 32, c0, c1, c2, c3);
        }
    }

    /// <summary>
    /// Eight 6-bit scales and minimums, which Q5_K has in the same place. The first four of each lie in the lower six bits of bytes 0 to 3 (scales)
    /// and 4 to 7 (minimums); the others have their lower nibbles in bytes 8 to 11 and their upper bits on top of the first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExpandScales<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows six = TRows.Broadcast(0x3f), nibbles = TRows.Broadcast(15), two = TRows.Broadcast(0x30);
        TRows.LoadColumns(rows, 0, out TRows heads, out TRows a, out TRows b, out TRows c);
        TRows scale = TRows.HalfToSingle(heads), min = TRows.Multiply(TRows.HalfToSingle(TRows.ShiftRight(heads, 16)), -1);
        ExpandScales(0, a & six, b & six, scale, min, ref sink);
        ExpandScales(
            4, (c & nibbles) | (TRows.ShiftRight(a, 2) & two), (TRows.ShiftRight(c, 4) & nibbles) | (TRows.ShiftRight(b, 2) & two), scale, min, ref sink);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandScales<TRows, TSink>(int group, TRows scales, TRows mins, TRows scale, TRows min, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows lowest = TRows.ShiftRight(TRows.Broadcast(255), 24);
        for (int i = 0; i < 4; i++)
        {
            sink.Scale(group + i, TRows.Multiply(TRows.ToSingle(scales & lowest), scale));
            sink.Min(group + i, TRows.Multiply(TRows.ToSingle(mins & lowest), min));
            (scales, mins) = (TRows.ShiftRight(scales, 8), TRows.ShiftRight(mins, 8));
        }
    }
}
