using System.Collections.Immutable;
using Quipu.Tensors;

namespace Quipu.Gguf;

/// <summary>One tensor of a GGUF file. Its place was checked to lie within the file.</summary>
public sealed unsafe class GgufTensor
{
    private readonly GgufMapping _mapping;

    internal GgufTensor(GgufMapping mapping, GgufTensorInfo info, long offset)
    {
        _mapping = mapping;
        Info = info;
        Offset = offset;
    }

    /// <summary>The name; bytes that are no UTF-8 are U+FFFD.</summary>
    public string Name => Info.Name;

    /// <summary>How its elements are stored; perhaps a type that no member of the enumeration names: <see cref="IsSupported"/>.</summary>
    public TensorType Type => Info.Type;

    /// <summary>The type's name, also where Quipu does not read it.</summary>
    public string TypeName => TensorTypeNames.NameOf(Type);

    /// <summary>Whether Quipu reads the type, so that there is a <see cref="View"/>.</summary>
    public bool IsSupported => TensorFormats.TryGet(Type, out _);

    /// <summary>Lengths, the fast dimension (<c>ne[0]</c>) first. Empty for a scalar.</summary>
    public ImmutableArray<long> Dimensions => Info.Dimensions;

    /// <summary>The product of <see cref="Dimensions"/>.</summary>
    public long ElementCount => Info.ElementCount;

    /// <summary>Bytes of its data; 0 where the type is unknown to Quipu (<see cref="IsSizeKnown"/>).</summary>
    public long ByteLength => Info.ByteLength ?? 0;

    /// <summary>Whether the type's layout is known, and with it <see cref="ByteLength"/>.</summary>
    public bool IsSizeKnown => Info.ByteLength is not null;

    /// <summary>Its first byte, counted from the start of its file.</summary>
    public long Offset { get; }

    /// <summary>Which part of a split set holds it; from 0.</summary>
    public int Part { get; internal set; }

    /// <summary>
    /// The tensor as a matrix where it lies in the mapped file: a vector has one row, of more than two dimensions all but the first make
    /// up the rows. Valid until the file is disposed.
    /// </summary>
    /// <exception cref="GgufException">Quipu does not read the type, or the matrix is larger than Quipu addresses.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public TensorView View
    {
        get
        {
            byte* data = _mapping.Data;
            if (!TensorFormats.TryGet(Type, out var format))
            {
                throw new GgufException(
                    $"{_mapping.Path}: the tensor '{Name}' has the type {TypeName} ({(uint)Type}), which is not supported. " +
                    $"Supported are {TensorTypeNames.Supported}. Use a file that is quantized so.");
            }
            long columns = Dimensions.Length == 0 ? 1 : Dimensions[0];
            long rows = ElementCount / columns;
            if (columns > int.MaxValue || rows > int.MaxValue || format.RowBytes(columns) > int.MaxValue)
            {
                throw new GgufException($"{_mapping.Path}: the tensor '{Name}' has {rows} rows of {columns}; " +
                    "at most 2³¹ − 1 rows of 2³¹ − 1 bytes are supported.");
            }
            return new TensorView(Name, Type, (int)rows, (int)columns, (nint)(data + Offset));
        }
    }

    internal GgufTensorInfo Info { get; }

    /// <summary>The first byte, whatever the type.</summary>
    internal byte* Data => _mapping.Data + Offset;

    /// <summary>Writes the tensor's bytes to a stream.</summary>
    /// <exception cref="GgufException">The type is unknown to Quipu, and so its size.</exception>
    /// <exception cref="ObjectDisposedException">The file is disposed.</exception>
    public void CopyTo(Stream destination)
    {
        byte* data = Data;
        if (!IsSizeKnown)
        {
            throw new GgufException($"{_mapping.Path}: the size of the tensor '{Name}' is unknown, as is the layout " +
                $"of its type, {TypeName}. It cannot be copied.");
        }
        using var source = new UnmanagedMemoryStream(data, ByteLength);
        source.CopyTo(destination);
    }
}
