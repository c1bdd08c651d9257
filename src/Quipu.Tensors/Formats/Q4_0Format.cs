namespace Quipu.Tensors.Formats;

/// <summary>
/// Q4_0, blocks of 32 in 18 bytes: F16 scale d; 16 bytes of quants, the low nibbles elements 0 to 15, the high ones 16 to 31.
/// w = d·(q − 8).
/// </summary>
internal sealed class Q4_0Format : SmallBlockFormat
{
    private const int QuantsOffset = 2;

    public override TensorType Type => TensorType.Q4_0;
    public override int BlockBytes => 18;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            values[i] = ((quants[i] & 15) - 8) * scale;
            values[i + HalfLength] = ((quants[i] >> 4) - 8) * scale;
        }
    }

    /// <summary>The extreme element maps to quant 0 (−8), so that it is represented exactly whatever its sign.</summary>
    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        float scale = QuantSearch.Extreme(values) / -8;
        float inverse = InverseOrZero(scale);
        WriteHalf(block, 0, scale);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            int low = Quant(values[i] * inverse + 8.5f, 15);
            int high = Quant(values[i + HalfLength] * inverse + 8.5f, 15);
            quants[i] = (byte)(low | (high << 4));
        }
    }
}
