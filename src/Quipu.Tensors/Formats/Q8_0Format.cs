namespace Quipu.Tensors.Formats;

/// <summary>Q8_0, blocks of 32 in 34 bytes: F16 scale d; 32 signed bytes. w = d·q.</summary>
internal sealed class Q8_0Format : SmallBlockFormat
{
    private const int QuantsOffset = 2;

    public override TensorType Type => TensorType.Q8_0;
    public override int BlockBytes => 34;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < Length; i++)
            values[i] = (sbyte)quants[i] * scale;
    }

    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        float scale = MathF.Abs(QuantSearch.Extreme(values)) / 127;
        float inverse = InverseOrZero(scale);
        WriteHalf(block, 0, scale);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < Length; i++)
        {
            float rounded = MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
            quants[i] = (byte)(sbyte)Math.Clamp((int)rounded, -127, 127);
        }
    }
}
