namespace Quipu.Tensors;

/// <summary>
/// One storage format of tensor data: its block layout and its scalar codec. The scalar codec is the reference that every
/// fast kernel is tested against. Obtain one from <see cref="TensorFormats"/>.
/// </summary>
public abstract class TensorFormat
{
    /// <summary>The format's GGUF type.</summary>
    public abstract TensorType Type { get; }

    /// <summary>Elements in one block. A row of a tensor is a whole number of blocks.</summary>
    public abstract int BlockLength { get; }

    /// <summary>Bytes of one block.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Whether <see cref="Encode"/> is available (not for the IQ types, whose encoders search).</summary>
    public virtual bool CanEncode => true;

    /// <summary>Decodes whole blocks to F32.</summary>
    /// <param name="source">Blocks, <c>destination.Length / BlockLength * BlockBytes</c> bytes.</param>
    /// <param name="destination">F32 elements; its length is a multiple of <see cref="BlockLength"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public abstract void Decode(ReadOnlySpan<byte> source, Span<float> destination);

    /// <summary>Encodes F32 elements as whole blocks.</summary>
    /// <exception cref="NotSupportedException">The format has no encoder; see <see cref="CanEncode"/>.</exception>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public abstract void Encode(ReadOnlySpan<float> source, Span<byte> destination);

    /// <summary>Bytes of a row of <paramref name="columns"/> elements.</summary>
    public long RowBytes(long columns) => columns / BlockLength * BlockBytes;
}
