using System.Buffers.Binary;
using System.Diagnostics;

namespace Quipu.Tensors.Formats;

/// <summary>A format of independent blocks, coded one at a time.</summary>
internal abstract class BlockFormat : TensorFormat
{
    private protected abstract void DecodeBlock(ReadOnlySpan<byte> block, Span<float> values);

    /// <summary>Encodes one block. Formats with <see cref="TensorFormat.CanEncode"/> override it; the others never get here.</summary>
    private protected virtual void EncodeBlock(ReadOnlySpan<float> values, Span<byte> block) => throw new UnreachableException();

    private protected sealed override void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (; !destination.IsEmpty; source = source[BlockBytes..], destination = destination[BlockLength..])
            DecodeBlock(source[..BlockBytes], destination[..BlockLength]);
    }

    private protected sealed override void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (; !source.IsEmpty; source = source[BlockLength..], destination = destination[BlockBytes..])
            EncodeBlock(source[..BlockLength], destination[..BlockBytes]);
    }

    private protected static float ReadHalf(ReadOnlySpan<byte> block, int offset) =>
        HalfConversions.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(block[offset..]));

    /// <summary>Writes the nearest F16 and returns its value, which is what a decoder will see.</summary>
    private protected static float WriteHalf(Span<byte> block, int offset, float value)
    {
        ushort half = HalfConversions.ToHalf(value);
        BinaryPrimitives.WriteUInt16LittleEndian(block[offset..], half);
        return HalfConversions.ToSingle(half);
    }
}
