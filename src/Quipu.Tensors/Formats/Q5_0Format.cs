using System.Buffers.Binary;

namespace Quipu.Tensors.Formats;

/// <summary>
/// Q5_0, blocks of 32 in 22 bytes: F16 scale d; 4 bytes with the fifth bit of each element; 16 bytes of the lower four bits,
/// the low nibbles elements 0 to 15, the high ones 16 to 31. w = d·(q − 16).
/// </summary>
internal sealed class Q5_0Format : SmallBlockFormat
{
    private const int MaskOffset = 2, QuantsOffset = 6;

    public override TensorType Type => TensorType.Q5_0;
    public override int BlockBytes => 22;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        uint mask = BinaryPrimitives.ReadUInt32LittleEndian(block[MaskOffset..]);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            values[i] = (((quants[i] & 15) | FifthBit(mask, i)) - 16) * scale;
            values[i + HalfLength] = (((quants[i] >> 4) | FifthBit(mask, i + HalfLength)) - 16) * scale;
        }
    }

    /// <summary>The extreme element maps to quant 0 (−16), so that it is represented exactly whatever its sign.</summary>
    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        float scale = QuantSearch.Extreme(values) / -16;
        float inverse = InverseOrZero(scale);
        WriteHalf(block, 0, scale);
        uint mask = 0;
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            int low = Quant(values[i] * inverse + 16.5f, 31);
            int high = Quant(values[i + HalfLength] * inverse + 16.5f, 31);
            quants[i] = (byte)((low & 15) | ((high & 15) << 4));
            mask |= ((uint)low >> 4 << i) | ((uint)high >> 4 << (i + HalfLength));
        }
        BinaryPrimitives.WriteUInt32LittleEndian(block[MaskOffset..], mask);
    }
}
