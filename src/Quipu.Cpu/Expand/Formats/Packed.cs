namespace Quipu.Cpu.Expand.Formats;

/// <summary>Single elements of packed data, for the scalar expander.</summary>
internal static unsafe class Packed
{
    /// <summary>A 4-bit element of 32 in 16 bytes: the low nibbles first, then the high ones.</summary>
    public static int Nibble(byte* packed, int index) => (packed[index % 16] >> (index / 16 * 4)) & 15;

    /// <summary>A 4-bit element of 64 in 32 bytes: the low nibbles first, then the high ones.</summary>
    public static int WideNibble(byte* packed, int index) => (packed[index % 32] >> (index / 32 * 4)) & 15;

    /// <summary>A bit of a mask, the lowest of the first byte first.</summary>
    public static int Bit(byte* mask, int index) => (mask[index / 8] >> (index % 8)) & 1;

    /// <summary>A 2-bit element of 128 in 32 bytes: all lowest bits first.</summary>
    public static int TwoBits(byte* packed, int index) => (packed[index % 32] >> (index / 32 * 2)) & 3;
}
