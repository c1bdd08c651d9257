using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q4_K: w = d·s·q − e·m.</summary>
internal readonly unsafe struct Q4_KBlocks : ISuperBlocks
{
    private const int MinimumOffset = 2, ScalesOffset = 4, QuantsOffset = 16;

    public static int BlockLength => 256;

    public static int BlockBytes => 144;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index) => Packed.WideNibble(block + QuantsOffset + (index / 64 * 32), index % 64);

    public static float Scale(byte* block, int group) =>
        HalfBits.ToSingle(*(ushort*)block) * (byte)(SixBitPairs.Scales(block + ScalesOffset) >> (group / 2 * 8));

    public static float Minimum(byte* block, int group) =>
        -HalfBits.ToSingle(*(ushort*)(block + MinimumOffset)) * (byte)(SixBitPairs.Minimums(block + ScalesOffset) >> (group / 2 * 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        ExpandScales<TBytes>(block, scales, mins);
        TBytes low = TBytes.Broadcast(15);
        for (int pair = 0; pair < 4; pair++)
        {
            TBytes packed = TBytes.Load(block + QuantsOffset + (32 * pair));
            TBytes.Store(packed & low, quants + (64 * pair));
            TBytes.Store(TBytes.ShiftRight(packed, 4) & low, quants + (64 * pair) + 32);
        }
    }

    /// <summary>Scales and minimums, which Q5_K has in the same place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExpandScales<TBytes>(byte* block, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        TBytes.StoreEightTwice(SixBitPairs.Scales(block + ScalesOffset), HalfBits.ToSingle(*(ushort*)block), scales);
        TBytes.StoreEightTwice(SixBitPairs.Minimums(block + ScalesOffset), -HalfBits.ToSingle(*(ushort*)(block + MinimumOffset)), mins);
    }
}
