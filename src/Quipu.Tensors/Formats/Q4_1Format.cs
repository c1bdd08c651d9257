namespace Quipu.Tensors.Formats;

/// <summary>
/// Q4_1, blocks of 32 in 20 bytes: F16 scale d, F16 minimum m; 16 bytes of quants, the low nibbles elements 0 to 15, the high
/// ones 16 to 31. w = d·q + m.
/// </summary>
internal sealed class Q4_1Format : SmallBlockFormat
{
    private const int MinimumOffset = 2, QuantsOffset = 4;

    public override TensorType Type => TensorType.Q4_1;
    public override int BlockBytes => 20;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        float minimum = ReadHalf(block, MinimumOffset);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            values[i] = (quants[i] & 15) * scale + minimum;
            values[i + HalfLength] = (quants[i] >> 4) * scale + minimum;
        }
    }

    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        var (minimum, maximum) = Range(values);
        float scale = (maximum - minimum) / 15;
        float inverse = InverseOrZero(scale);
        WriteHalf(block, 0, scale);
        WriteHalf(block, MinimumOffset, minimum);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            int low = Quant((values[i] - minimum) * inverse + 0.5f, 15);
            int high = Quant((values[i + HalfLength] - minimum) * inverse + 0.5f, 15);
            quants[i] = (byte)(low | (high << 4));
        }
    }
}
