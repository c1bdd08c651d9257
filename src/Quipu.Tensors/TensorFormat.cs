namespace Quipu.Tensors;

/// <summary>
/// One storage format of tensor data: its block layout and its scalar codec. The scalar codec is the reference that every
/// fast kernel is tested against. Obtain one from <see cref="TensorFormats"/>.
/// </summary>
public abstract class TensorFormat
{
    private protected TensorFormat() { }

    /// <summary>The format's GGUF type.</summary>
    public abstract TensorType Type { get; }

    /// <summary>Elements in one block. A row of a tensor is a whole number of blocks.</summary>
    public abstract int BlockLength { get; }

    /// <summary>Bytes of one block.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Whether <see cref="Encode"/> is available (not for the IQ types, whose encoders search).</summary>
    public virtual bool CanEncode => true;

    /// <summary>
    /// Decodes whole blocks to F32. Every bit pattern is accepted: a scale that is NaN or infinite yields such elements.
    /// </summary>
    /// <param name="source">Blocks, <c>destination.Length / BlockLength * BlockBytes</c> bytes.</param>
    /// <param name="destination">F32 elements; its length is a multiple of <see cref="BlockLength"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public void Decode(ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length);
        DecodeBlocks(source, destination);
    }

    /// <summary>
    /// Encodes F32 elements as whole blocks, by the rounding and the search of llama.cpp's reference encoders. Elements should
    /// be finite; the blocks that hold others are well-formed, but their elements are unspecified (F32, F16 and BF16 keep them).
    /// </summary>
    /// <param name="source">F32 elements; its length is a multiple of <see cref="BlockLength"/>.</param>
    /// <param name="destination">Blocks, <c>source.Length / BlockLength * BlockBytes</c> bytes, all of which are written.</param>
    /// <exception cref="NotSupportedException">The format has no encoder; see <see cref="CanEncode"/>.</exception>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public void Encode(ReadOnlySpan<float> source, Span<byte> destination)
    {
        if (!CanEncode)
            throw new NotSupportedException($"{Type} can be read but not written: there is no encoder for it.");
        CheckLengths(destination.Length, source.Length);
        EncodeBlocks(source, destination);
    }

    /// <summary>Bytes of a row of <paramref name="columns"/> elements.</summary>
    /// <exception cref="ArgumentException">The row is no whole number of blocks.</exception>
    public long RowBytes(long columns)
    {
        if (columns < 0 || columns % BlockLength != 0)
            throw new ArgumentException(
                $"A row of {columns} elements is no whole number of {Type} blocks of {BlockLength}.", nameof(columns));
        return columns / BlockLength * BlockBytes;
    }

    private protected abstract void DecodeBlocks(ReadOnlySpan<byte> source, Span<float> destination);

    private protected abstract void EncodeBlocks(ReadOnlySpan<float> source, Span<byte> destination);

    private void CheckLengths(int bytes, int elements)
    {
        if (elements % BlockLength != 0)
            throw new ArgumentException($"{elements} elements are no whole number of {Type} blocks of {BlockLength}.");
        long expected = RowBytes(elements);
        if (bytes != expected)
            throw new ArgumentException($"{elements} elements of {Type} take {expected} bytes, but {bytes} bytes were given.");
    }
}
