namespace Quipu.Packaging;

/// <summary>Something to be put into a container.</summary>
public sealed class PackItem
{
    private readonly Func<Stream> _open;

    private PackItem(string name, long length, Func<Stream> open)
    {
        Name = name;
        Length = length;
        _open = open;
    }

    /// <summary>The entry's name.</summary>
    public string Name { get; }

    /// <summary>How many bytes it has.</summary>
    public long Length { get; }

    /// <summary>Whether it is to be mapped, and so aligned.</summary>
    public bool IsWeights => Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    /// <summary>A file.</summary>
    /// <exception cref="IOException">It is missing.</exception>
    public static PackItem File(string name, string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            throw new FileNotFoundException($"{path} is missing.", path);
        return new PackItem(name, info.Length,
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan));
    }

    /// <summary>An entry of another container, which must stay open.</summary>
    public static PackItem Entry(Container container, ContainerEntry entry) =>
        new(entry.Name, entry.Length, () => container.OpenEntry(entry));

    /// <summary>Bytes.</summary>
    public static PackItem Bytes(string name, byte[] bytes) => new(name, bytes.Length, () => new MemoryStream(bytes, writable: false));

    /// <summary>Opens the content.</summary>
    internal Stream Open() => _open();
}

/// <summary>How far the packing is.</summary>
/// <param name="Name">What is being copied.</param>
/// <param name="Done">Bytes written.</param>
/// <param name="Total">Bytes to write.</param>
public readonly record struct PackProgress(string Name, long Done, long Total);
