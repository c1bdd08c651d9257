using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q8_0: w = d·q.</summary>
internal readonly unsafe struct Q8_0Blocks : IExpandable
{
    private const int QuantsOffset = 2;

    public static int BlockLength => 32;

    public static int BlockBytes => 34;

    public static QuantRange Range => QuantRange.Signed;

    public static int Quant(byte* block, int index) => (sbyte)block[QuantsOffset + index];

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TRows.LoadColumns(rows, QuantsOffset, out TRows c0, out TRows c1, out TRows c2, out TRows c3);
        sink.Quants(0, c0, c1, c2, c3);
        TRows.LoadColumns(rows, QuantsOffset + 16, out c0, out c1, out c2, out c3);
        sink.Quants(16, c0, c1, c2, c3);
        sink.Scale(0, TRows.HalfToSingle(TRows.LoadWords(rows, 0)));
    }
}
