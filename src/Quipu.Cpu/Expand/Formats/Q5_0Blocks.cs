using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q5_0: w = d·q − 16·d.</summary>
internal readonly unsafe struct Q5_0Blocks : ISmallBlocks
{
    private const int MaskOffset = 2, QuantsOffset = 6;

    public static int BlockLength => 32;

    public static int BlockBytes => 22;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index) =>
        Packed.Nibble(block + QuantsOffset, index) | (Packed.Bit(block + MaskOffset, index) << 4);

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => -16 * Scale(block, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBytes Quants<TBytes>(byte* block) where TBytes : struct, IBytes32<TBytes> =>
        TBytes.LoadNibbles(block + QuantsOffset) | TBytes.FromBits((uint*)(block + MaskOffset), 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Minimums(Vector128<int> heads, Vector128<float> scales) => scales * -16;
}
