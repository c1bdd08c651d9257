using System.Buffers.Binary;

namespace Quipu.Tensors.Formats;

/// <summary>
/// Q5_1, blocks of 32 in 24 bytes: F16 scale d, F16 minimum m; 4 bytes with the fifth bit of each element; 16 bytes of the
/// lower four bits, the low nibbles elements 0 to 15, the high ones 16 to 31. w = d·q + m.
/// </summary>
internal sealed class Q5_1Format : SmallBlockFormat
{
    private const int MinimumOffset = 2, MaskOffset = 4, QuantsOffset = 8;

    public override TensorType Type => TensorType.Q5_1;
    public override int BlockBytes => 24;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        float minimum = ReadHalf(block, MinimumOffset);
        uint mask = BinaryPrimitives.ReadUInt32LittleEndian(block[MaskOffset..]);
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            values[i] = ((quants[i] & 15) | FifthBit(mask, i)) * scale + minimum;
            values[i + HalfLength] = ((quants[i] >> 4) | FifthBit(mask, i + HalfLength)) * scale + minimum;
        }
    }

    private protected override void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block)
    {
        var (minimum, maximum) = Range(values);
        float scale = (maximum - minimum) / 31;
        float inverse = InverseOrZero(scale);
        WriteHalf(block, 0, scale);
        WriteHalf(block, MinimumOffset, minimum);
        uint mask = 0;
        var quants = block[QuantsOffset..];
        for (int i = 0; i < HalfLength; i++)
        {
            int low = Quant((values[i] - minimum) * inverse + 0.5f, 31);
            int high = Quant((values[i + HalfLength] - minimum) * inverse + 0.5f, 31);
            quants[i] = (byte)((low & 15) | ((high & 15) << 4));
            mask |= ((uint)low >> 4 << i) | ((uint)high >> 4 << (i + HalfLength));
        }
        BinaryPrimitives.WriteUInt32LittleEndian(block[MaskOffset..], mask);
    }
}
