namespace Quipu.Tensors.Formats;

/// <summary>
/// The 12 bytes of eight 6-bit scales and eight 6-bit minima in Q4_K and Q5_K. Bytes 0 to 3 hold, in their lower six bits, scales 0 to
/// 3, bytes 4 to 7 minima 0 to 3; bytes 8 to 11 hold the lower nibbles of scale and minimum 4 to 7 (scale low, minimum high),
/// whose upper two bits are the upper two bits of bytes 0 to 3 (scales) and 4 to 7 (minima).
/// </summary>
internal static class SixBitScales
{
    internal const int Bytes = 12;

    internal static (int Scale, int Minimum) Get(ReadOnlySpan<byte> packed, int index)
    {
        if (index < 4)
            return (packed[index] & 63, packed[index + 4] & 63);
        int scale = (packed[index + 4] & 15) | (packed[index - 4] >> 6 << 4);
        int minimum = (packed[index + 4] >> 4) | (packed[index] >> 6 << 4);
        return (scale, minimum);
    }

    /// <summary>Adds one pair to bytes that were cleared before the first.</summary>
    internal static void Add(Span<byte> packed, int index, int scale, int minimum)
    {
        if (index < 4)
        {
            packed[index] |= (byte)scale;
            packed[index + 4] |= (byte)minimum;
            return;
        }
        packed[index + 4] = (byte)((scale & 15) | ((minimum & 15) << 4));
        packed[index - 4] |= (byte)(scale >> 4 << 6);
        packed[index] |= (byte)(minimum >> 4 << 6);
    }
}
