using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q6_K: w = d·s·q − 32·d·s.</summary>
internal readonly unsafe struct Q6_KBlocks : ISuperBlocks
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

    public static float Scale(byte* block, int group) =>
        HalfBits.ToSingle(*(ushort*)(block + ScaleOffset)) * (sbyte)block[ScalesOffset + group];

    public static float Minimum(byte* block, int group) => -32 * Scale(block, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        float scale = HalfBits.ToSingle(*(ushort*)(block + ScaleOffset));
        Vector128<sbyte> subScales = Vector128.Load((sbyte*)block + ScalesOffset);
        TBytes.StoreSixteen(subScales, scale, scales);
        TBytes.StoreSixteen(subScales, -32 * scale, mins);
        ExpandHalf<TBytes>(block, block + HighOffset, quants);
        ExpandHalf<TBytes>(block + 64, block + HighOffset + 32, quants + 128);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandHalf<TBytes>(byte* lower, byte* upper, byte* quants) where TBytes : struct, IBytes32<TBytes>
    {
        TBytes low = TBytes.Broadcast(15), top = TBytes.Broadcast(0x30);
        TBytes a = TBytes.Load(lower), b = TBytes.Load(lower + 32), high = TBytes.Load(upper);
        TBytes.Store((a & low) | (TBytes.ShiftLeft(high, 4) & top), quants);
        TBytes.Store((b & low) | (TBytes.ShiftLeft(high, 2) & top), quants + 32);
        TBytes.Store((TBytes.ShiftRight(a, 4) & low) | (high & top), quants + 64);
        TBytes.Store((TBytes.ShiftRight(b, 4) & low) | (TBytes.ShiftRight(high, 2) & top), quants + 96);
    }
}
