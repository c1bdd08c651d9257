using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q8_0: w = d·q.</summary>
internal readonly unsafe struct Q8_0Blocks : ISmallBlocks
{
    private const int QuantsOffset = 2;

    public static int BlockLength => 32;

    public static int BlockBytes => 34;

    public static QuantRange Range => QuantRange.Signed;

    public static int Quant(byte* block, int index) => (sbyte)block[QuantsOffset + index];

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)block);

    public static float Minimum(byte* block, int group) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBytes Quants<TBytes>(byte* block) where TBytes : struct, IBytes32<TBytes> => TBytes.Load(block + QuantsOffset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Minimums(Vector128<int> heads, Vector128<float> scales) => Vector128<float>.Zero;
}
