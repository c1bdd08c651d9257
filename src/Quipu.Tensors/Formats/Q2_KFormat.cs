namespace Quipu.Tensors.Formats;

/// <summary>
/// Q2_K, super-blocks of 256 in 84 bytes: 16 bytes, one for each sub-block of 16, with the scale s in the low and the minimum m in
/// the high nibble; 64 bytes of 2-bit quants, byte i of each half holding elements i, i + 32, i + 64 and i + 96 of 128, lowest
/// bits first; F16 scale d of the scales; F16 scale e of the minima. w = d·s·q − e·m.
/// </summary>
internal sealed class Q2_KFormat : SuperBlockFormat
{
    private const int QuantsOffset = 16, ScaleOffset = 80, MinimumOffset = 82, SubBlocks = 16, SubLength = 16;

    private static readonly QuantSearch.Settings Search = new(MaximumQuant: 3, FirstStep: -0.5f, Steps: 15, AbsoluteError: true);

    public override TensorType Type => TensorType.Q2_K;
    public override int BlockBytes => 84;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, ScaleOffset);
        float minimum = ReadHalf(block, MinimumOffset);
        for (int i = 0; i < Length; i++)
        {
            int packed = block[i / SubLength];
            values[i] = scale * (packed & 15) * TwoBits(block[QuantsOffset..], i) - minimum * (packed >> 4);
        }
    }

    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[SubBlocks], minima = stackalloc float[SubBlocks], weights = stackalloc float[SubLength];
        Span<byte> quants = stackalloc byte[Length];
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            var part = values.Slice(sub * SubLength, SubLength);
            for (int i = 0; i < SubLength; i++)
                weights[i] = MathF.Abs(part[i]);
            (scales[sub], minima[sub]) = QuantSearch.ScaleAndMinimum(part, weights, Search, quants[(sub * SubLength)..]);
        }
        float maxScale = MaximumOrZero(scales), maxMinimum = MaximumOrZero(minima);
        float inverseScale = maxScale > 0 ? 15 / maxScale : 0, inverseMinimum = maxMinimum > 0 ? 15 / maxMinimum : 0;
        float scale = WriteHalf(block, ScaleOffset, maxScale / 15);
        float minimum = WriteHalf(block, MinimumOffset, maxMinimum / 15);
        for (int sub = 0; sub < SubBlocks; sub++)
        {
            int subScale = Math.Clamp(QuantSearch.Nearest(inverseScale * scales[sub]), 0, 15);
            int subMinimum = Math.Clamp(QuantSearch.Nearest(inverseMinimum * minima[sub]), 0, 15);
            block[sub] = (byte)(subScale | (subMinimum << 4));
            QuantSearch.Requantize(
                values.Slice(sub * SubLength, SubLength), scale * subScale, minimum * subMinimum, 3, quants[(sub * SubLength)..]);
        }
        PackTwoBits(quants, block[QuantsOffset..]);
    }
}
