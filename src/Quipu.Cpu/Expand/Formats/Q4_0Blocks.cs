using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q4_0: w = d·q − 8·d.</summary>
internal readonly unsafe struct Q4_0Blocks : IExpandable
{
    private const int QuantsOffset = 2;

    public static int BlockLength => 32;

    public static int BlockBytes => 18;

    public static QuantRange Range => QuantRange.Below16;

    public static int Quant(byte* block, int index) => Packed.Nibble(block + QuantsOffset, index);

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => -8 * Scale(block, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows.LoadColumns(rows, QuantsOffset, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
        sink.Nibbles<TSink, TRows>(0, 16, c0, c1, c2, c3);
        TRows scale = TRows.HalfToSingle(TRows.LoadWords(rows, 0));
        sink.Scale(0, scale);
        sink.Min(0, TRows.Multiply(scale, -8));
    }
}
