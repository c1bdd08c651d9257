using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Quipu.Gguf;

/// <summary>
/// A GGUF model on disk, mapped into memory and checked: nothing is copied but the metadata. Several parts of a split set are one model.
/// Tensor views are valid until it is disposed; the metadata stays valid.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private readonly ImmutableArray<GgufPart> _parts;
    private readonly Dictionary<string, GgufTensor> _byName = new(StringComparer.Ordinal);

    private GgufFile(IEnumerable<GgufPart> parts)
    {
        _parts = [.. parts];
        Paths = [.. _parts.Select(part => part.Mapping.Path)];
        Name = Path.GetFileName(Paths[0]);
        Tensors = [.. _parts.SelectMany(part => part.Tensors)];
        foreach (GgufTensor tensor in Tensors)
        {
            if (!_byName.TryAdd(tensor.Name, tensor))
            {
                string other = Paths[_byName[tensor.Name].Part];
                throw new GgufException($"{Paths[tensor.Part]}: the tensor '{tensor.Name}' is in {other} too. They are not of one set.");
            }
        }
    }

    /// <summary>The (first) file's name without folders.</summary>
    public string Name { get; private set; }

    /// <summary>The files, in order; one unless it is a split set.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>GGUF version of the (first) file: 2 or 3.</summary>
    public uint Version => _parts[0].Version;

    /// <summary>Alignment of tensor data in bytes, in the (first) file.</summary>
    public long Alignment => _parts[0].Alignment;

    /// <summary>Bytes of all files.</summary>
    public long ByteLength => _parts.Sum(part => part.Mapping.Length);

    /// <summary>Metadata of the (first) file.</summary>
    public GgufMetadata Metadata => _parts[0].Metadata;

    /// <summary>The tensors of all parts, in the order of their tables. Empty for a vocabulary.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    internal ImmutableArray<GgufPart> Parts => _parts;

    /// <summary>
    /// Opens a model: a file, or a split set by its first part. Tensors of types that Quipu does not read are no error here; their
    /// <see cref="GgufTensor.View"/> is. The files must not be shortened while they are open: what is mapped would be gone.
    /// </summary>
    /// <exception cref="GgufException">A file is damaged or not supported, or a part of the set is missing or does not fit.</exception>
    /// <exception cref="IOException">The file is missing or the system does not open it.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder or may not be read.</exception>
    public static GgufFile Open(string path) => Open(path, GgufSource.File);

    /// <summary>Opens a model that may lie within other files.</summary>
    /// <param name="name">What the (first) file is called.</param>
    /// <param name="locate">Where a file of that name lies; throws <see cref="FileNotFoundException"/> where there is none.</param>
    /// <inheritdoc cref="Open(string)"/>
    public static GgufFile Open(string name, Func<string, GgufSource> locate)
    {
        // The name that the first one has itself, since a container's name stands for an entry of it.
        GgufSource first = locate(name);
        var file = Open(first.Name, part => GgufMapping.Open(part == first.Name ? first : locate(part)));
        file.Name = first.ShortName;
        return file;
    }

    /// <summary>A tensor by its name.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out GgufTensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Unmaps the files. Tensor views must not be used any more.</summary>
    public void Dispose()
    {
        foreach (GgufPart part in _parts)
            part.Mapping.Dispose();
    }

    /// <summary>Opens a model whose files come from somewhere.</summary>
    /// <param name="path">The (first) file.</param>
    /// <param name="map">Gives the bytes of a file.</param>
    internal static GgufFile Open(string path, Func<string, GgufMapping> map)
    {
        var parts = new List<GgufPart>();
        GgufMapping first = map(path);
        try
        {
            parts.Add(GgufPart.Read(first));
            GgufSplit.OpenOthers(parts, map);
            return new GgufFile(parts);
        }
        catch
        {
            first.Dispose();
            foreach (GgufPart part in parts)
                part.Mapping.Dispose();
            throw;
        }
    }
}
