using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Quipu.Packaging.Zip;

namespace Quipu.Packaging;

/// <summary>An open one-file container: ours, a llamafile of others, or a plain ZIP.</summary>
public sealed class Container : IDisposable
{
    private readonly SafeFileHandle _file;

    private Container(string path, SafeFileHandle file, ZipDirectory directory)
    {
        Path = path;
        _file = file;
        Length = RandomAccess.GetLength(file);
        Entries = directory.Entries;
        DirectoryOffset = directory.Offset;
        IsRewritten = directory.Bias != 0;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>What it holds, in the order of its directory.</summary>
    public IReadOnlyList<ContainerEntry> Entries { get; }

    /// <summary>Where the ZIP's directory begins.</summary>
    public long DirectoryOffset { get; }

    /// <summary>Whether the archive's offsets are those before it was put behind a program.</summary>
    public bool IsRewritten { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="PackagingException">It is no container, or a damaged one.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder or may not be read.</exception>
    public static Container Open(string path) => TryOpen(path)
        ?? throw new PackagingException($"{path} is no container: it does not end with the directory of a ZIP. Is it cut off? Fetch it again.");

    /// <summary>Opens a file, or returns null where it is no container.</summary>
    /// <inheritdoc cref="Open"/>
    public static Container? TryOpen(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            if (ZipDirectory.TryRead(file, path) is { } directory)
                return new Container(path, file, directory);
            file.Dispose();
            return null;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The entry of a name, or null. Of several the last counts: it was added last.</summary>
    public ContainerEntry? Find(string name) => Entries.LastOrDefault(entry => entry.Name == name);

    /// <summary>The programs in it, or null where it is none of ours.</summary>
    /// <exception cref="PackagingException">The launcher is damaged.</exception>
    public ContainerEngine? ReadEngine() => ContainerEngine.TryRead(_file, Path);

    /// <summary>Where an entry's content begins.</summary>
    /// <exception cref="PackagingException">Its local header is damaged.</exception>
    public long DataOffset(ContainerEntry entry)
    {
        Span<byte> header = stackalloc byte[ZipSignatures.LocalHeaderBytes];
        if (RandomAccess.Read(_file, header, entry.HeaderOffset) != header.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != ZipSignatures.LocalHeader)
        {
            throw Damaged(entry, $"there is no header of it at byte {entry.HeaderOffset}");
        }
        long data = entry.HeaderOffset + header.Length
            + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (entry.CompressedLength > Length - data)
            throw Damaged(entry, $"it should have {entry.CompressedLength} bytes at byte {data}, but the file has only {Length}");
        if (entry.IsStored && entry.Length != entry.CompressedLength)
            throw Damaged(entry, $"it has {entry.Length} bytes stored as {entry.CompressedLength}");
        return data;
    }

    /// <summary>Opens an entry's content. The container must stay open.</summary>
    /// <exception cref="PackagingException">It is damaged, or compressed by an unknown method.</exception>
    public Stream OpenEntry(ContainerEntry entry)
    {
        var raw = new FileRangeStream(_file, DataOffset(entry), entry.CompressedLength);
        return entry.Method switch
        {
            0 => raw,
            8 => new DeflateStream(raw, CompressionMode.Decompress),
            _ => throw new PackagingException(
                $"{Path}: the entry '{entry.Name}' is compressed by method {entry.Method}; only stored and deflated ones are read."),
        };
    }

    /// <summary>All of a small entry, checked.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="limit">How many bytes are believed.</param>
    /// <exception cref="PackagingException">It is larger, or damaged.</exception>
    public byte[] ReadAll(ContainerEntry entry, int limit)
    {
        if (entry.Length > limit)
            throw new PackagingException($"{Path}: the entry '{entry.Name}' has {entry.Length} bytes; at most {limit} are read.");
        byte[] bytes = new byte[entry.Length];
        try
        {
            using var stream = OpenEntry(entry);
            stream.ReadExactly(bytes);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(entry, "its compressed content cannot be read", error);
        }
        return System.IO.Hashing.Crc32.HashToUInt32(bytes) == entry.Crc32 ? bytes : throw Damaged(entry, "its checksum is wrong");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Opens bytes of the file.</summary>
    internal Stream OpenRange(long offset, long length) => new FileRangeStream(_file, offset, length);

    internal PackagingException Damaged(ContainerEntry entry, string problem, Exception? cause = null)
    {
        string message = $"{Path}: the entry '{entry.Name}' is damaged: {problem}. Fetch the file again.";
        return cause is null ? new PackagingException(message) : new PackagingException(message, cause);
    }
}
