using System.Buffers.Binary;

namespace Quipu.Tensors.Formats;

/// <summary>F16: 2 bytes an element, IEEE half precision, little endian. Encoded to nearest, ties to even.</summary>
internal sealed class F16Format : TensorFormat
{
    public override TensorType Type => TensorType.F16;
    public override int BlockLength => 1;
    public override int BlockBytes => sizeof(ushort);

    private protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = HalfConversions.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]));
    }

    private protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * i)..], HalfConversions.ToHalf(source[i]));
    }
}
