namespace Quipu.Tensors.Formats;

/// <summary>What the K formats share: super-blocks of 256 elements.</summary>
internal abstract class SuperBlockFormat : BlockFormat
{
    private protected const int Length = 256;

    public sealed override int BlockLength => Length;

    /// <summary>The greatest of the values, or 0 where none is positive.</summary>
    private protected static float MaximumOrZero(ReadOnlySpan<float> values)
    {
        float maximum = 0;
        foreach (float value in values)
            maximum = value > maximum ? value : maximum;
        return maximum;
    }

    /// <summary>
    /// Packs 2-bit values: byte i of a group of 32 holds elements i, i + 32, i + 64 and i + 96 of 128, lowest bits first.
    /// </summary>
    private protected static void PackTwoBits(ReadOnlySpan<byte> quants, Span<byte> packed)
    {
        for (int start = 0; start < Length; start += 128)
        {
            for (int i = start; i < start + 32; i++)
                packed[start / 4 + i - start] =
                    (byte)(quants[i] | (quants[i + 32] << 2) | (quants[i + 64] << 4) | (quants[i + 96] << 6));
        }
    }

    /// <summary>Element <paramref name="index"/> of 256 that <see cref="PackTwoBits"/> packed.</summary>
    private protected static int TwoBits(ReadOnlySpan<byte> packed, int index) =>
        (packed[index / 128 * 32 + index % 32] >> (index % 128 / 32 * 2)) & 3;
}
