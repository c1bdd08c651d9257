using System.Buffers.Binary;

namespace Quipu.Tensors.Formats;

/// <summary>
/// IQ4_XS, super-blocks of 256 in 136 bytes: F16 scale d; 2 bytes with the upper two bits of eight 6-bit scales; 4 bytes with
/// their lower four bits; 128 bytes of indices, 16 for each of the eight sub-blocks of 32, laid out and looked up as in IQ4_NL.
/// w = d·(s − 32)·table[q].
/// </summary>
internal sealed class IQ4_XSFormat : BlockFormat
{
    private const int HighOffset = 2, LowOffset = 4, QuantsOffset = 8;

    public override TensorType Type => TensorType.IQ4_XS;
    public override int BlockLength => 256;
    public override int BlockBytes => 136;
    public override bool CanEncode => false;

    private protected override void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = ReadHalf(block, 0);
        int high = BinaryPrimitives.ReadUInt16LittleEndian(block[HighOffset..]);
        for (int sub = 0; sub < 8; sub++)
        {
            int lower = (block[LowOffset + sub / 2] >> (4 * (sub % 2))) & 15;
            int upper = (high >> (2 * sub)) & 3;
            float subScale = scale * ((lower | (upper << 4)) - 32);
            IQ4_NLFormat.DecodeQuants(subScale, block.Slice(QuantsOffset + 16 * sub, 16), values.Slice(32 * sub, 32));
        }
    }
}
