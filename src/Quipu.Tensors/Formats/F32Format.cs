using System.Buffers.Binary;

namespace Quipu.Tensors.Formats;

/// <summary>F32: 4 bytes an element, little endian.</summary>
internal sealed class F32Format : TensorFormat
{
    public override TensorType Type => TensorType.F32;
    public override int BlockLength => 1;
    public override int BlockBytes => sizeof(float);

    private protected override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(4 * i)..]);
    }

    private protected override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(destination[(4 * i)..], source[i]);
    }
}
