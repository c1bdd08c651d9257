namespace Quipu.Tensors;

/// <summary>
/// A matrix of weights where it lies, usually inside a mapped file: nothing is copied. The owner of the memory (a GgufFile, say)
/// must outlive the view.
/// </summary>
/// <param name="Name">The tensor's name, for messages.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Rows">Number of rows (the slow dimension); 1 for a vector.</param>
/// <param name="Columns">Elements of a row (the fast dimension, <c>ne[0]</c> in GGUF's terms).</param>
/// <param name="Data">First byte. Validated by the owner to hold <see cref="ByteLength"/> bytes.</param>
public readonly unsafe record struct TensorView(string Name, TensorType Type, int Rows, int Columns, nint Data)
{
    /// <summary>The format's codec.</summary>
    public TensorFormat Format => TensorFormats.Get(Type);

    /// <summary>Bytes of one row.</summary>
    public long RowBytes => Format.RowBytes(Columns);

    /// <summary>Bytes of the whole matrix.</summary>
    public long ByteLength => RowBytes * Rows;

    /// <summary>The bytes of one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<byte> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return new ReadOnlySpan<byte>((byte*)Data + row * RowBytes, checked((int)RowBytes));
    }
}
