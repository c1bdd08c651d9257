using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>IQ4_XS: w = d·(s − 32)·table[q].</summary>
internal readonly unsafe struct IQ4_XSBlocks : ISuperBlocks
{
    private const int HighOffset = 2, LowOffset = 4, QuantsOffset = 8;

    public static int BlockLength => 256;

    public static int BlockBytes => 136;

    public static QuantRange Range => QuantRange.Signed;

    public static int Quant(byte* block, int index) =>
        IQ4_NLBlocks.Table[Packed.Nibble(block + QuantsOffset + (index / 32 * 16), index % 32)];

    public static float Scale(byte* block, int group)
    {
        int sub = group / 2;
        int lower = (block[LowOffset + (sub / 2)] >> (sub % 2 * 4)) & 15;
        int upper = (*(ushort*)(block + HighOffset) >> (2 * sub)) & 3;
        return HalfBits.ToSingle(*(ushort*)block) * ((lower | (upper << 4)) - 32);
    }

    public static float Minimum(byte* block, int group) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Expand<TBytes>(byte* block, byte* quants, float* scales, float* mins) where TBytes : struct, IBytes32<TBytes>
    {
        TBytes.StoreEightTwice(SubScales(block), HalfBits.ToSingle(*(ushort*)block), scales);
        var table = IQ4_NLBlocks.Table;
        for (int sub = 0; sub < 8; sub++)
            TBytes.Store(TBytes.Lookup(table, TBytes.LoadNibbles(block + QuantsOffset + (16 * sub))), quants + (32 * sub));
    }

    /// <summary>The eight scales with 32 taken away, a byte each: the fields are spread by halves, then by quarters, to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubScales(byte* block)
    {
        ulong lower = *(uint*)(block + LowOffset), upper = *(ushort*)(block + HighOffset);
        lower = (lower | (lower << 16)) & 0x0000ffff0000ffff;
        lower = (lower | (lower << 8)) & 0x00ff00ff00ff00ff;
        lower = (lower | (lower << 4)) & 0x0f0f0f0f0f0f0f0f;
        upper = (upper | (upper << 24)) & 0x000000ff000000ff;
        upper = (upper | (upper << 12)) & 0x000f000f000f000f;
        upper = (upper | (upper << 6)) & 0x0303030303030303;
        // Flipping bit 5 takes 32 away, modulo 64; it is then the sign and fills bits 6 and 7.
        ulong biased = (lower | (upper << 4)) ^ 0x2020202020202020;
        return biased | ((biased & 0x2020202020202020) * 6);
    }
}
