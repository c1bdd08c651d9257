namespace Quipu.Packaging;

/// <summary>An entry of the archive, as its central directory describes it.</summary>
/// <param name="Name">Name; folders end with a slash.</param>
/// <param name="HeaderOffset">Where its local header is, from the start of the file.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="CompressedLength">Bytes that it takes in the file.</param>
/// <param name="Method">0: stored as it is; 8: deflated.</param>
/// <param name="Crc32">Checksum of its content.</param>
public sealed record ContainerEntry(string Name, long HeaderOffset, long Length, long CompressedLength, ushort Method, uint Crc32)
{
    /// <summary>Whether its content lies in the file as it is, so that it can be mapped.</summary>
    public bool IsStored => Method == 0;

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => Name.EndsWith('/');

    /// <summary>Whether its name says that it is a GGUF.</summary>
    public bool IsGguf => Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
}
