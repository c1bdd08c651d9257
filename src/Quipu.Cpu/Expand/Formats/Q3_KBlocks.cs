using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q3_K: w = d·(s − 32)·q − 4·d·(s − 32).</summary>
internal readonly unsafe struct Q3_KBlocks : ISuperBlocks
{
    private const int QuantsOffset = 32, ScalesOffset = 96, ScaleOffset = 108;

    public static int BlockLength => 256;

    public static int BlockBytes => 110;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index)
    {
        int lower = Packed.TwoBits(block + QuantsOffset + (index / 128 * 32), index % 128);
        return lower | (((block[index % 32] >> (index / 32)) & 1) << 2);
    }

    public static float Scale(byte* block, int group)
    {
        byte* scales = block + ScalesOffset;
        int lower = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
        int upper = (scales[8 + (group % 4)] >> (group / 4 * 2)) & 3;
        return HalfBits.ToSingle(*(ushort*)(block + ScaleOffset)) * ((lower | (upper << 4)) - 32);
    }

    public static float Minimum(byte* block, int group) => -4 * Scale(block, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        float scale = HalfBits.ToSingle(*(ushort*)(block + ScaleOffset));
        Vector128<sbyte> subScales = SubScales(block + ScalesOffset);
        TBytes.StoreSixteen(subScales, scale, scales);
        TBytes.StoreSixteen(subScales, -4 * scale, mins);
        TBytes high = TBytes.Load(block), bit = TBytes.Broadcast(4);
        ExpandHalf(
            TBytes.Load(block + QuantsOffset),
            TBytes.ShiftLeft(high, 2) & bit, TBytes.ShiftLeft(high, 1) & bit, high & bit, TBytes.ShiftRight(high, 1) & bit, quants);
        ExpandHalf(
            TBytes.Load(block + QuantsOffset + 32),
            TBytes.ShiftRight(high, 2) & bit, TBytes.ShiftRight(high, 3) & bit, TBytes.ShiftRight(high, 4) & bit,
            TBytes.ShiftRight(high, 5) & bit, quants + 128);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandHalf<TBytes>(TBytes packed, TBytes high0, TBytes high1, TBytes high2, TBytes high3, byte* quants)
        where TBytes : struct, IBytes32<TBytes>
    {
        TBytes two = TBytes.Broadcast(3);
        TBytes.Store((packed & two) | high0, quants);
        TBytes.Store((TBytes.ShiftRight(packed, 2) & two) | high1, quants + 32);
        TBytes.Store((TBytes.ShiftRight(packed, 4) & two) | high2, quants + 64);
        TBytes.Store((TBytes.ShiftRight(packed, 6) & two) | high3, quants + 96);
    }

    /// <summary>The sixteen scales with 32 taken away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> SubScales(byte* packed)
    {
        const ulong nibbles = 0x0f0f0f0f0f0f0f0f, upperTwo = 0x3030303030303030;
        ulong lower = *(ulong*)packed, upper = *(uint*)(packed + 8);
        // The upper bits of scales j, j + 4, j + 8 and j + 12 share a byte: each pair goes to bits 4 and 5 of its scale's byte.
        ulong first = (lower & nibbles) | (((upper << 4) | (upper << 34)) & upperTwo);
        ulong second = ((lower >> 4) & nibbles) | ((upper | (upper << 30)) & upperTwo);
        return Vector128.Create(first, second).AsSByte() - Vector128.Create((sbyte)32);
    }
}
