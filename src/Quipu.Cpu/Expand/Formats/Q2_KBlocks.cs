using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>Q2_K: w = d·s·q − e·m.</summary>
internal readonly unsafe struct Q2_KBlocks : ISuperBlocks
{
    private const int QuantsOffset = 16, ScaleOffset = 80, MinimumOffset = 82;

    public static int BlockLength => 256;

    public static int BlockBytes => 84;

    public static QuantRange Range => QuantRange.Below32;

    public static int Quant(byte* block, int index) => Packed.TwoBits(block + QuantsOffset + (index / 128 * 32), index % 128);

    public static float Scale(byte* block, int group) => HalfBits.ToSingle(*(ushort*)(block + ScaleOffset)) * (block[group] & 15);

    public static float Minimum(byte* block, int group) => -HalfBits.ToSingle(*(ushort*)(block + MinimumOffset)) * (block[group] >> 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        Vector128<byte> pairs = Vector128.Load(block), low = Vector128.Create((byte)15);
        TBytes.StoreSixteen((pairs & low).AsSByte(), HalfBits.ToSingle(*(ushort*)(block + ScaleOffset)), scales);
        Vector128<byte> high = Vector128.ShiftRightLogical(pairs.AsUInt16(), 4).AsByte() & low;
        TBytes.StoreSixteen(high.AsSByte(), -HalfBits.ToSingle(*(ushort*)(block + MinimumOffset)), mins);
        ExpandHalf(TBytes.Load(block + QuantsOffset), quants);
        ExpandHalf(TBytes.Load(block + QuantsOffset + 32), quants + 128);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandHalf<TBytes>(TBytes packed, byte* quants) where TBytes : struct, IBytes32<TBytes>
    {
        TBytes two = TBytes.Broadcast(3);
        TBytes.Store(packed & two, quants);
        TBytes.Store(TBytes.ShiftRight(packed, 2) & two, quants + 32);
        TBytes.Store(TBytes.ShiftRight(packed, 4) & two, quants + 64);
        TBytes.Store(TBytes.ShiftRight(packed, 6) & two, quants + 96);
    }
}
