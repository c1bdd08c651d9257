using System.Text;
using Quipu.Tensors;

namespace Quipu.Gguf;

/// <summary>
/// Writes a GGUF file in one pass over a stream that need not seek: first everything is described, then <see cref="Write"/> asks each
/// tensor for its bytes. A file that was read and whose tensors lie in the order of their table comes out with the same bytes.
/// </summary>
public sealed class GgufWriter
{
    private readonly uint _version;
    private readonly GgufMetadata _metadata = new("The file to write");
    private readonly List<(GgufTensorInfo Info, Action<Stream> Write)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Makes a writer of an empty file.</summary>
    /// <param name="version">GGUF version: 2 or 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    public GgufWriter(uint version = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 2u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, 3u);
        _version = version;
    }

    /// <summary>Whether the end of the file is filled up to the alignment, as most writers do.</summary>
    public bool PadEnd { get; init; } = true;

    /// <summary>Makes a writer that repeats a file that was read, which must stay open until it is written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="part">Which part of a split set; from 0.</param>
    public static GgufWriter From(GgufFile file, int part = 0)
    {
        GgufPart source = file.Parts[part];
        long end = source.Tensors.Select(tensor => tensor.Offset + tensor.ByteLength).Append(source.HeaderEnd).Max();
        var writer = new GgufWriter(source.Version) { PadEnd = source.Mapping.Length >= GgufLimits.Align(end, source.Alignment) };
        foreach (var (key, value) in source.Metadata)
            writer._metadata.Add(source.Metadata.KeyBytes(key), value);
        foreach (GgufTensor tensor in source.Tensors)
            writer.Add(tensor.Info, tensor.CopyTo);
        return writer;
    }

    /// <summary>Adds a metadata entry. <c>general.alignment</c> takes effect on the tensors' places.</summary>
    /// <exception cref="GgufException">The key is there already, empty or too long, or arrays are nested too deep.</exception>
    public void Add(string key, GgufValue value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        if (bytes.Length is 0 || bytes.Length > GgufLimits.KeyBytes)
            throw new GgufException($"The metadata key '{key}' has {bytes.Length} bytes; it must have from 1 to {GgufLimits.KeyBytes}.");
        if (value.Type == GgufValueType.Array && DepthOf(value.Array) > GgufLimits.ArrayDepth)
            throw new GgufException($"The arrays of the metadata key '{key}' are nested deeper than {GgufLimits.ArrayDepth}.");
        _metadata.Add(bytes, value);
    }

    /// <summary>Adds a tensor whose bytes are in memory; they are not copied before <see cref="Write"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">How its elements are stored.</param>
    /// <param name="dimensions">Lengths, the fast dimension first.</param>
    /// <param name="data">Its bytes.</param>
    /// <exception cref="GgufException">The name is there already, or shape, type and bytes do not fit together.</exception>
    public void AddTensor(string name, TensorType type, ReadOnlySpan<long> dimensions, ReadOnlyMemory<byte> data)
    {
        GgufTensorInfo info = Describe(name, type, dimensions);
        if (info.ByteLength is { } length && length != data.Length)
            throw new GgufException($"The tensor '{name}' takes {info.ByteLength} bytes, but {data.Length} are given.");
        Add(info, stream => stream.Write(data.Span));
    }

    /// <summary>Adds a tensor whose bytes are made when they are needed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">How its elements are stored.</param>
    /// <param name="dimensions">Lengths, the fast dimension first.</param>
    /// <param name="write">Writes its bytes, exactly as many as type and shape take.</param>
    /// <exception cref="GgufException">The name is there already, or shape and type do not fit together.</exception>
    public void AddTensor(string name, TensorType type, ReadOnlySpan<long> dimensions, Action<Stream> write) =>
        Add(Describe(name, type, dimensions), write);

    /// <summary>Adds a tensor of a file that was read, which must stay open until it is written.</summary>
    /// <exception cref="GgufException">The name is there already.</exception>
    public void AddTensor(GgufTensor tensor) => Add(tensor.Info, tensor.CopyTo);

    /// <summary>Writes the file and leaves the stream open.</summary>
    /// <exception cref="GgufException">The alignment is impossible, or a tensor wrote fewer or more bytes than it takes.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(Stream destination)
    {
        long alignment = _metadata.GetUInt32OrNull("general.alignment") ?? GgufLimits.DefaultAlignment;
        if (!GgufLimits.IsAlignment(alignment))
            throw new GgufException($"general.alignment is {alignment}; {GgufLimits.AlignmentRule}.");

        var buffered = new BufferedStream(destination, 1 << 16);
        var output = new GgufOutput(buffered);
        WriteHeader(output, alignment);
        foreach (var (info, write) in _tensors)
        {
            output.Pad(alignment);
            var data = new GgufTensorStream(output, info);
            write(data);
            data.CheckComplete();
        }
        if (PadEnd)
            output.Pad(alignment);
        buffered.Flush();
    }

    private static int DepthOf(GgufArray array)
    {
        int deepest = 0;
        for (int i = 0; array is GgufNestedArray nested && i < nested.Count; i++)
            deepest = Math.Max(deepest, DepthOf(nested[i]));
        return deepest + 1;
    }

    private static GgufTensorInfo Describe(string name, TensorType type, ReadOnlySpan<long> dimensions)
    {
        if (dimensions.Length > GgufLimits.Dimensions)
            throw new GgufException($"The tensor '{name}' has {dimensions.Length} dimensions; at most {GgufLimits.Dimensions} exist.");
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length is 0 || bytes.Length > GgufLimits.NameBytes)
            throw new GgufException($"The tensor name '{name}' has {bytes.Length} bytes; it must have from 1 to {GgufLimits.NameBytes}.");
        return new GgufTensorInfo(bytes, type, [.. dimensions], "The file to write");
    }

    private void Add(GgufTensorInfo info, Action<Stream> write)
    {
        if (info.ByteLength is null)
        {
            throw new GgufException($"The tensor '{info.Name}' has a type without a known layout, {TensorTypeNames.NameOf(info.Type)}. " +
                "It cannot be written.");
        }
        if (!_names.Add(info.Name))
            throw new GgufException($"The tensor name '{info.Name}' appears twice.");
        _tensors.Add((info, write));
    }

    private void WriteHeader(GgufOutput output, long alignment)
    {
        output.Write("GGUF"u8);
        output.WriteUInt32(_version);
        output.WriteUInt64((ulong)_tensors.Count);
        output.WriteUInt64((ulong)_metadata.Count);
        foreach (var (key, value) in _metadata)
        {
            output.WriteString(_metadata.KeyBytes(key));
            output.WriteValue(value);
        }
        long offset = 0;
        foreach (var (info, _) in _tensors)
        {
            output.WriteString(info.NameBytes);
            output.WriteUInt32((uint)info.Dimensions.Length);
            foreach (long length in info.Dimensions)
                output.WriteUInt64((ulong)length);
            output.WriteUInt32((uint)info.Type);
            output.WriteUInt64((ulong)offset);
            offset = GgufLimits.Align(checked(offset + info.ByteLength.GetValueOrDefault()), alignment);
        }
    }
}
