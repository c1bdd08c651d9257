namespace Quipu.Tensors.Formats;

/// <summary>
/// Q3_K, super-blocks of 256 in 110 bytes: 32 bytes with the third bits, bit k of byte i that of element 32·k + i; 64 bytes with
/// the lower two bits, byte i of each half holding elements i, i + 32, i + 64 and i + 96 of 128, lowest bits first; 12 bytes of
/// sixteen 6-bit scales s, one for each sub-block of 16: the lower nibble of byte j for sub-block j, the upper for j + 8, and in
/// bytes 8 to 11 two bits each for the sub-blocks j, j + 4, j + 8, j + 12; F16 scale d of the scales. w = d·(s − 32)·(q − 4).
/// </summary>
internal sealed class Q3_KFormat : SuperBlockFormat
{
    private const int QuantsOffset = 32, ScalesOffset = 96, ScaleOffset = 108, SubBlocks = 16, SubLength = 16;

    public override TensorType Type => TensorType.Q3_K;
    public override int BlockBytes => 110;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, ScaleOffset);
        for (int i = 0; i < Length; i++)
        {
            int high = (block[i % 32] >> (i / 32)) & 1;
            int quant = (TwoBits(block[QuantsOffset..], i) | (high << 2)) - 4;
            values[i] = scale * SubScale(block[ScalesOffset..], i / SubLength) * quant;
        }
    }

    private static int SubScale(ReadOnlySpan<byte> scales, int sub)
    {
        int lower = sub < 8 ? scales[sub] & 15 : scales[sub - 8] >> 4;
        int upper = (scales[8 + sub % 4] >> (sub / 4 * 2)) & 3;
        return (lower | (upper << 4)) - 32;
    }

    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[SubBlocks];
        Span<byte> quants = stackalloc byte[Length];
        for (int sub = 0; sub < SubBlocks; sub++)
            scales[sub] = QuantSearch.RefinedSymmetricScale(values.Slice(sub * SubLength, SubLength), 4, quants[(sub * SubLength)..]);
        float extreme = QuantSearch.Extreme(scales);
        float inverse = extreme != 0 ? -32 / extreme : 0;
        float scale = WriteHalf(block, ScaleOffset, extreme != 0 ? 1 / inverse : 0);
        var packedScales = block.Slice(ScalesOffset, 12);
        packedScales.Clear();
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            // Where all are zero the stored scales stay zero too, that is −32 with a zero d.
            int subScale = extreme != 0 ? Math.Clamp(QuantSearch.Nearest(inverse * scales[sub]), -32, 31) : -32;
            int biased = subScale + 32;
            packedScales[sub % 8] |= (byte)((biased & 15) << (sub / 8 * 4));
            packedScales[8 + sub % 4] |= (byte)((biased >> 4) << (sub / 4 * 2));
            QuantSearch.RequantizeSymmetric(values.Slice(sub * SubLength, SubLength), scale * subScale, 4, quants[(sub * SubLength)..]);
        }
        PackHighBits(quants, block[..QuantsOffset]);
        PackTwoBits(quants, block[QuantsOffset..]);
    }

    /// <summary>Moves the third bit of each quant to its place.</summary>
    private static void PackHighBits(Span<byte> quants, Span<byte> packed)
    {
        packed.Clear();
        for (int i = 0; i < Length; i++)
        {
            packed[i % 32] |= (byte)(quants[i] >> 2 << (i / 32));
            quants[i] &= 3;
        }
    }
}
