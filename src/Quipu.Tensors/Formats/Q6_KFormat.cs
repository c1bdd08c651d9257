namespace Quipu.Tensors.Formats;

/// <summary>
/// Q6_K, super-blocks of 256 in 210 bytes: 128 bytes with the lower four bits, each half of 64 bytes for 128 elements: byte i the
/// elements i (low nibble) and i + 64 (high); 64 bytes with the upper two bits, byte i of each half holding elements i, i + 32,
/// i + 64 and i + 96 of 128, lowest bits first; 16 signed bytes of scales s, one for each sub-block of 16; F16 scale d of the
/// scales. w = d·s·(q − 32).
/// </summary>
internal sealed class Q6_KFormat : SuperBlockFormat
{
    private const int HighOffset = 128, ScalesOffset = 192, ScaleOffset = 208, SubBlocks = 16, SubLength = 16;

    public override TensorType Type => TensorType.Q6_K;
    public override int BlockBytes => 210;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, ScaleOffset);
        for (int i = 0; i < Length; i++)
        {
            int lower = (block[i / 128 * 64 + i % 64] >> (i % 128 / 64 * 4)) & 15;
            int quant = (lower | (TwoBits(block[HighOffset..], i) << 4)) - 32;
            values[i] = scale * (sbyte)block[ScalesOffset + i / SubLength] * quant;
        }
    }

    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[SubBlocks];
        Span<byte> quants = stackalloc byte[Length];
        for (int sub = 0; sub < SubBlocks; sub++)
            scales[sub] = QuantSearch.SymmetricScale(values.Slice(sub * SubLength, SubLength), 32, quants[(sub * SubLength)..]);
        float extreme = QuantSearch.Extreme(scales);
        if (MathF.Abs(extreme) < QuantSearch.NegligibleMagnitude)
        {
            block.Clear();
            return;
        }
        float inverse = -128 / extreme;
        float scale = WriteHalf(block, ScaleOffset, 1 / inverse);
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int subScale = Math.Clamp(QuantSearch.Nearest(inverse * scales[sub]), -128, 127);
            block[ScalesOffset + sub] = (byte)(sbyte)subScale;
            QuantSearch.RequantizeSymmetric(values.Slice(sub * SubLength, SubLength), scale * subScale, 32, quants[(sub * SubLength)..]);
        }
        Pack(quants, block);
    }

    private static void Pack(Span<byte> quants, Span<byte> block)
    {
        for (int start = 0; start < Length; start += 128)
        {
            for (int i = 0; i < 64; i++)
                block[start / 2 + i] = (byte)((quants[start + i] & 15) | ((quants[start + i + 64] & 15) << 4));
        }
        foreach (ref byte quant in quants)
            quant >>= 4;
        PackTwoBits(quants, block[HighOffset..]);
    }
}
