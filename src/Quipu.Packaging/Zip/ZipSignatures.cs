namespace Quipu.Packaging.Zip;

/// <summary>Numbers of the ZIP format (PKWARE's APPNOTE 6.3).</summary>
internal static class ZipSignatures
{
    public const uint LocalHeader = 0x04034b50;
    public const uint CentralHeader = 0x02014b50;
    public const uint EndOfDirectory = 0x06054b50;
    public const uint EndOfDirectory64 = 0x06064b50;
    public const uint Locator64 = 0x07064b50;

    public const int LocalHeaderBytes = 30;
    public const int CentralHeaderBytes = 46;
    public const int EndOfDirectoryBytes = 22;
    public const int EndOfDirectory64Bytes = 56;
    public const int Locator64Bytes = 20;

    /// <summary>The extra field with 64-bit sizes and offsets.</summary>
    public const ushort Zip64Field = 1;

    /// <summary>Our extra field of zeros that moves an entry's content to its alignment.</summary>
    public const ushort PaddingField = 0x5051;

    public const ushort Utf8Names = 0x800;
    public const ushort Encrypted = 1;
}
