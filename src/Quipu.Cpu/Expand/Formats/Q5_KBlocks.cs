using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q5_K: w = d·s·q − e·m.</summary>
internal readonly unsafe struct Q5_KBlocks : ISuperBlocks
{
    private const int HighOffset = 16, QuantsOffset = 48;

    public static int BlockLength => 256;

    public static int BlockBytes => 176;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index)
    {
        int lower = Packed.WideNibble(block + QuantsOffset + (index / 64 * 32), index % 64);
        return lower | (((block[HighOffset + (index % 32)] >> (index / 32)) & 1) << 4);
    }

    public static float Scale(byte* block, int group) => Q4_KBlocks.Scale(block, group);

    public static float Minimum(byte* block, int group) => Q4_KBlocks.Minimum(block, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        Q4_KBlocks.ExpandScales<TBytes>(block, scales, mins);
        TBytes high = TBytes.Load(block + HighOffset), bit = TBytes.Broadcast(16);
        byte* packed = block + QuantsOffset;
        ExpandPair(TBytes.Load(packed), TBytes.ShiftLeft(high, 4) & bit, TBytes.ShiftLeft(high, 3) & bit, quants);
        ExpandPair(TBytes.Load(packed + 32), TBytes.ShiftLeft(high, 2) & bit, TBytes.ShiftLeft(high, 1) & bit, quants + 64);
        ExpandPair(TBytes.Load(packed + 64), high & bit, TBytes.ShiftRight(high, 1) & bit, quants + 128);
        ExpandPair(TBytes.Load(packed + 96), TBytes.ShiftRight(high, 2) & bit, TBytes.ShiftRight(high, 3) & bit, quants + 192);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandPair<TBytes>(TBytes packed, TBytes high0, TBytes high1, byte* quants) where TBytes : struct, IBytes32<TBytes>
    {
        TBytes low = TBytes.Broadcast(15);
        TBytes.Store((packed & low) | high0, quants);
        TBytes.Store((TBytes.ShiftRight(packed, 4) & low) | high1, quants + 32);
    }
}
