using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>IQ4_XS: w = d·(s − 32)·table[q].</summary>
internal readonly unsafe struct IQ4_XSBlocks : IExpandable
{
    private const int HighOffset = 2, LowOffset = 4, QuantsOffset = 8;

    public static int BlockLength => 256;

    public static int BlockBytes => 136;

    public static QuantRange Range => QuantRange.Signed;

    public static int Quant(byte* block, int index) =>
        IQ4_NLBlocks.Table[Packed.Nibble(block + QuantsOffset + (index / 32 * 16), index % 32)];

    public static float Scale(byte* block, int group)
    {
        int lower = (block[LowOffset + (group / 2)] >> (group % 2 * 4)) & 15;
        int upper = (*(ushort*)(block + HighOffset) >> (2 * group)) & 3;
        return HalfBits.ToSingle(*(ushort*)block) * ((lower | (upper << 4)) - 32);
    }

    public static float Minimum(byte* block, int group) => 0;

    public static void Expand<TRows, TSink>(RowPointers rows, ref TSink target)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>
    {
        TSink sink = target;
        TRows heads = TRows.LoadWords(rows, 0), lower = TRows.LoadWords(rows, LowOffset);
        TRows scale = TRows.HalfToSingle(heads), nibble = Integer<TRows>(15), upperTwo = Integer<TRows>(0x30);
        for (int sub = 0; sub < 8; sub++)
        {
            IQ4_NLBlocks.ExpandQuants<TRows, TSink>(rows, QuantsOffset + (16 * sub), 32 * sub, ref sink);
            TRows bits = (TRows.ShiftRight(lower, 4 * sub) & nibble) | (TRows.ShiftRight(heads, 12 + (2 * sub)) & upperTwo);
            sink.Scale(sub, TRows.Multiply(TRows.ToSingle(TRows.Subtract(bits, 32)), scale));
        }
    }

    // A small number in each lane's lowest byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRows Integer<TRows>(byte value) where TRows : struct, IRowLanes<TRows> => TRows.ShiftRight(TRows.Broadcast(value), 24);
}
