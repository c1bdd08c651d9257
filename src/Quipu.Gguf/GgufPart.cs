using System.Collections.Immutable;
using Quipu.Tensors;

namespace Quipu.Gguf;

/// <summary>One GGUF file, read and checked: a whole model or a part of a split set.</summary>
internal sealed class GgufPart
{
    private const uint Magic = 0x46554747; // "GGUF", little endian
    private const int SmallestEntry = 8 + 4 + 1; // a key's length, a type, a value
    private const int SmallestTensor = 8 + 4 + 4 + 8; // a name's length, the count of dimensions, a type, an offset

    private GgufPart(GgufMapping mapping)
    {
        Mapping = mapping;
        Metadata = new GgufMetadata(mapping.Path);
    }

    public GgufMapping Mapping { get; }

    public uint Version { get; private set; }

    public GgufMetadata Metadata { get; }

    public uint Alignment { get; private set; } = GgufLimits.DefaultAlignment;

    /// <summary>Where metadata and tensor table end.</summary>
    public long HeaderEnd { get; private set; }

    /// <summary>Where the data of the tensors begins: the aligned <see cref="HeaderEnd"/>.</summary>
    public long DataStart { get; private set; }

    public ImmutableArray<GgufTensor> Tensors { get; private set; }

    /// <summary>Reads the header and checks every claim of it against the file's size.</summary>
    /// <exception cref="GgufException">The file is damaged or of a kind that Quipu does not read.</exception>
    public static GgufPart Read(GgufMapping mapping)
    {
        var part = new GgufPart(mapping);
        var reader = new GgufReader(mapping);
        part.Version = ReadVersion(mapping, reader);
        int tensorCount = (int)reader.ReadCount("the number of tensors", SmallestTensor, GgufLimits.Tensors);
        long keyCount = reader.ReadCount("the number of metadata keys", SmallestEntry, GgufLimits.Keys);
        part.ReadMetadata(reader, keyCount);
        part.ReadTensors(reader, tensorCount);
        GgufLayout.Check(part);
        return part;
    }

    private static uint ReadVersion(GgufMapping mapping, GgufReader reader)
    {
        uint magic = mapping.Length < sizeof(uint) ? 0 : reader.Read<uint>("the magic");
        if (magic != Magic)
            throw new GgufException($"{mapping.Path} is no GGUF file: it does not begin with the letters GGUF.");
        uint version = reader.Read<uint>("the version");
        if (version is 2 or 3)
            return version;
        if (version is not 0 && (version & 0xFFFF) == 0)
        {
            throw new GgufException($"{mapping.Path} is a big-endian GGUF file, which is not supported. " +
                "Use the little-endian file of the model, or convert it.");
        }
        throw new GgufException($"{mapping.Path} has GGUF version {version}; versions 2 and 3 are supported. " +
            (version == 1 ? "Convert the model again." : "Is the file damaged, or made by a newer program?"));
    }

    private void ReadMetadata(GgufReader reader, long count)
    {
        for (long i = 0; i < count; i++)
        {
            reader.Subject = $"metadata key {i + 1} of {count}";
            ReadOnlySpan<byte> key = reader.ReadString("the length of a key", GgufLimits.KeyBytes);
            if (key.IsEmpty)
                throw reader.Damaged("the key is empty");
            reader.Subject = System.Text.Encoding.UTF8.GetString(key);
            Metadata.Add(key, reader.ReadValue());
        }
        reader.Subject = "";
        if (Metadata.GetUInt32OrNull("general.alignment") is not { } alignment)
            return;
        if (!GgufLimits.IsAlignment(alignment))
            throw new GgufException($"{Mapping.Path}: general.alignment is {alignment}; {GgufLimits.AlignmentRule}.");
        Alignment = alignment;
    }

    private void ReadTensors(GgufReader reader, int count)
    {
        var infos = new (GgufTensorInfo Info, ulong Offset)[count];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            reader.Subject = $"tensor {i + 1} of {count}";
            ReadOnlySpan<byte> name = reader.ReadString("the length of a tensor's name", GgufLimits.NameBytes);
            if (name.IsEmpty)
                throw reader.Damaged("the tensor's name is empty");
            reader.Subject = System.Text.Encoding.UTF8.GetString(name);
            ImmutableArray<long> dimensions = ReadDimensions(reader);
            var type = (TensorType)reader.Read<uint>("a tensor's type");
            var info = new GgufTensorInfo(name, type, dimensions, Mapping.Path);
            if (!names.Add(info.Name))
                throw reader.Damaged($"the tensor name '{info.Name}' appears twice");
            infos[i] = (info, reader.Read<ulong>("a tensor's offset"));
        }
        reader.Subject = "";
        HeaderEnd = reader.Position;
        DataStart = GgufLimits.Align(HeaderEnd, Alignment);
        var tensors = ImmutableArray.CreateBuilder<GgufTensor>(count);
        foreach (var (info, offset) in infos)
            tensors.Add(new GgufTensor(Mapping, info, GgufLayout.Locate(this, info, offset)));
        Tensors = tensors.MoveToImmutable();
    }

    private static ImmutableArray<long> ReadDimensions(GgufReader reader)
    {
        uint count = reader.Read<uint>("the number of dimensions");
        if (count > GgufLimits.Dimensions)
            throw reader.Damaged($"the tensor has {count} dimensions; at most {GgufLimits.Dimensions} exist");
        Span<long> lengths = stackalloc long[GgufLimits.Dimensions];
        for (int i = 0; i < (int)count; i++)
        {
            ulong length = reader.Read<ulong>("a dimension");
            if (length > long.MaxValue)
                throw reader.Damaged($"dimension {i} is {length}, more than 2⁶³ − 1");
            lengths[i] = (long)length;
        }
        return [.. lengths[..(int)count]];
    }
}
