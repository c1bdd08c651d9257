namespace Quipu.Tensors.Formats;

/// <summary>
/// IQ4_NL, blocks of 32 in 18 bytes: F16 scale d; 16 bytes of 4-bit indices, the low nibbles elements 0 to 15, the high ones
/// 16 to 31, into a table of 16 values that lie denser around zero. w = d·table[q].
/// </summary>
internal sealed class IQ4_NLFormat : SmallBlockFormat
{
    private const int QuantsOffset = 2;

    /// <summary>The values that the 4-bit indices of IQ4_NL and IQ4_XS stand for.</summary>
    internal static ReadOnlySpan<sbyte> Values => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public override TensorType Type => TensorType.IQ4_NL;
    public override int BlockBytes => 18;
    public override bool CanEncode => false;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values) =>
        DecodeQuants(ReadHalf(block, 0), block[QuantsOffset..], values);

    internal static void DecodeQuants(float scale, ReadOnlySpan<byte> quants, Span<float> values)
    {
        for (int i = 0; i < HalfLength; i++)
        {
            values[i] = scale * Values[quants[i] & 15];
            values[i + HalfLength] = scale * Values[quants[i] >> 4];
        }
    }
}
