using System.Collections.Immutable;
using System.Text;
using Quipu.Tensors;

namespace Quipu.Gguf;

/// <summary>What the tensor table says about a tensor, but for its place. Reader and writer check it by the same rules.</summary>
internal sealed class GgufTensorInfo
{
    private readonly byte[]? _foreignName;

    /// <summary>Checks and keeps a tensor's description.</summary>
    /// <param name="name">Bytes of the name.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="dimensions">Lengths, the fast dimension first.</param>
    /// <param name="where">The file, for messages.</param>
    /// <exception cref="GgufException">The shape does not fit the type or overflows.</exception>
    public GgufTensorInfo(ReadOnlySpan<byte> name, TensorType type, ImmutableArray<long> dimensions, string where)
    {
        Name = Encoding.UTF8.GetString(name);
        _foreignName = System.Text.Unicode.Utf8.IsValid(name) ? null : name.ToArray();
        Type = type;
        Dimensions = dimensions;
        ElementCount = 1;
        foreach (long length in dimensions)
        {
            if (length < 1)
                throw new GgufException($"{where}: the tensor '{Name}' has a dimension of {length} in {Shape}; the least is 1.");
            if (ElementCount > long.MaxValue / length)
                throw new GgufException($"{where}: the tensor '{Name}' has more than 2⁶³ elements in {Shape}. The file is damaged.");
            ElementCount *= length;
        }
        ByteLength = SizeOf(where);
    }

    public string Name { get; }

    public TensorType Type { get; }

    public ImmutableArray<long> Dimensions { get; }

    public long ElementCount { get; }

    /// <summary>Bytes of the data, or null where the type's layout is unknown.</summary>
    public long? ByteLength { get; }

    /// <summary>The name as in the file.</summary>
    public byte[] NameBytes => _foreignName ?? Encoding.UTF8.GetBytes(Name);

    private string Shape => $"[{string.Join(", ", Dimensions)}]";

    private long? SizeOf(string where)
    {
        if (!TensorTypeNames.TryGetBlock(Type, out int blockLength, out int blockBytes))
            return null;
        long columns = Dimensions.Length == 0 ? 1 : Dimensions[0];
        if (columns % blockLength != 0)
        {
            throw new GgufException($"{where}: the tensor '{Name}' of type {TensorTypeNames.NameOf(Type)} has rows of {columns} elements " +
                $"in {Shape}; they must be a multiple of {blockLength}.");
        }
        long blocks = ElementCount / blockLength;
        if (blocks > long.MaxValue / blockBytes)
            throw new GgufException($"{where}: the tensor '{Name}' takes more than 2⁶³ bytes in {Shape}. The file is damaged.");
        return blocks * blockBytes;
    }
}
