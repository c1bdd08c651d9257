using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>IQ4_NL: w = d·table[q].</summary>
internal readonly unsafe struct IQ4_NLBlocks : ISmallBlocks
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
    public static TBytes Quants<TBytes>(byte* block) where TBytes : struct, IBytes32<TBytes> =>
        TBytes.Lookup(Table, TBytes.LoadNibbles(block + QuantsOffset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Minimums(Vector128<int> heads, Vector128<float> scales) => Vector128<float>.Zero;
}
