using System.Buffers.Binary;
using System.Security.Cryptography;

/// <summary>
/// Checks a macOS program as the kernel will: a 64-bit Mach-O whose signature lies at its end and holds the right hash of every page.
/// Apple silicon starts nothing else, and there is no Mac here to try.
/// </summary>
internal static class MachOSignature
{
    private const uint Magic64 = 0xfeedfacf;
    private const int HeaderBytes = 32;
    private const uint SegmentCommand = 0x19;
    private const uint SignatureCommand = 0x1d;
    private const uint SuperBlob = 0xfade0cc0;
    private const uint CodeDirectory = 0xfade0c02;
    private const uint AdHoc = 2;
    private const byte Sha256 = 2;

    /// <summary>Checks a program.</summary>
    /// <param name="program">Its bytes.</param>
    /// <param name="processor">x64 or arm64.</param>
    /// <returns>How many pages are signed.</returns>
    /// <exception cref="InvalidDataException">It is not as it must be; the message says in what.</exception>
    public static int Check(ReadOnlySpan<byte> program, string processor)
    {
        Require(BinaryPrimitives.ReadUInt32LittleEndian(program) == Magic64, "it is no 64-bit Mach-O");
        uint cpu = BinaryPrimitives.ReadUInt32LittleEndian(program[4..]);
        Require(cpu == (processor == "arm64" ? 0x0100000cu : 0x01000007u), $"it is for processor {cpu:x}");
        var (offset, size, linkEditEnd) = ReadCommands(program);
        Require(size > 0, "it has no signature");
        Require(offset + size == program.Length, $"the signature ends at {offset + size}, the file at {program.Length}");
        Require(linkEditEnd == program.Length, $"__LINKEDIT ends at {linkEditEnd}, the file at {program.Length}");
        var blob = program.Slice(offset, size);
        Require(BinaryPrimitives.ReadUInt32BigEndian(blob) == SuperBlob, "the signature is no super blob");
        int count = BinaryPrimitives.ReadInt32BigEndian(blob[8..]);
        for (int i = 0; i < count; i++)
        {
            var part = blob[BinaryPrimitives.ReadInt32BigEndian(blob[(16 + 8 * i)..])..];
            if (BinaryPrimitives.ReadUInt32BigEndian(part) == CodeDirectory)
                return CheckPages(program, part, offset);
        }
        throw new InvalidDataException("The signature has no code directory.");
    }

    private static (int Offset, int Size, long LinkEditEnd) ReadCommands(ReadOnlySpan<byte> program)
    {
        int offset = 0, size = 0, at = HeaderBytes;
        long linkEditEnd = 0;
        uint commands = BinaryPrimitives.ReadUInt32LittleEndian(program[16..]);
        for (uint i = 0; i < commands; i++)
        {
            uint command = BinaryPrimitives.ReadUInt32LittleEndian(program[at..]);
            if (command == SignatureCommand)
            {
                offset = BinaryPrimitives.ReadInt32LittleEndian(program[(at + 8)..]);
                size = BinaryPrimitives.ReadInt32LittleEndian(program[(at + 12)..]);
            }
            else if (command == SegmentCommand && program[(at + 8)..].StartsWith("__LINKEDIT\0"u8))
            {
                linkEditEnd = BinaryPrimitives.ReadInt64LittleEndian(program[(at + 40)..]) + BinaryPrimitives.ReadInt64LittleEndian(program[(at + 48)..]);
            }
            at += BinaryPrimitives.ReadInt32LittleEndian(program[(at + 4)..]);
        }
        return (offset, size, linkEditEnd);
    }

    private static int CheckPages(ReadOnlySpan<byte> program, ReadOnlySpan<byte> directory, int signatureOffset)
    {
        uint flags = BinaryPrimitives.ReadUInt32BigEndian(directory[12..]);
        int hashes = BinaryPrimitives.ReadInt32BigEndian(directory[16..]);
        int pages = BinaryPrimitives.ReadInt32BigEndian(directory[28..]);
        int limit = BinaryPrimitives.ReadInt32BigEndian(directory[32..]);
        int hashBytes = directory[36], pageBytes = 1 << directory[39];
        Require((flags & AdHoc) != 0, $"the signature is not ad hoc: flags {flags:x}");
        Require(directory[37] == Sha256 && hashBytes == SHA256.HashSizeInBytes, "the pages are not hashed by SHA-256");
        Require(limit == signatureOffset, $"the signature covers {limit} bytes of {signatureOffset}");
        Require(pages == (limit + pageBytes - 1) / pageBytes, $"the signature has {pages} pages");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (int page = 0; page < pages; page++)
        {
            SHA256.HashData(program[(page * pageBytes)..Math.Min((page + 1) * pageBytes, limit)], hash);
            Require(hash.SequenceEqual(directory.Slice(hashes + page * hashBytes, hashBytes)), $"page {page} has another hash than the signature says");
        }
        return pages;
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
            throw new InvalidDataException($"The macOS program cannot be used: {problem}.");
    }
}
