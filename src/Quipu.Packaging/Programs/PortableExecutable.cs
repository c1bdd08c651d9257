using System.Buffers.Binary;

namespace Quipu.Packaging.Programs;

/// <summary>Makes room in a Windows program between the DOS header and the Windows header, where the launcher's first line goes.</summary>
internal static class PortableExecutable
{
    // Where the Windows header goes if there is room: 444 bytes of script, where about 300 are needed.
    private const int WantedHeader = 0x200;
    private const int FileHeaderBytes = 24;
    private const int SectionBytes = 40;

    /// <summary>Moves the Windows header and the section table towards the end of the program's header.</summary>
    /// <param name="program">The program; changed in place.</param>
    /// <returns>Where the Windows header is now.</returns>
    /// <exception cref="PackagingException">It is no Windows program, is signed, or its header is full.</exception>
    public static int MoveHeader(Span<byte> program)
    {
        int at = ReadHeaderOffset(program);
        int sections = BinaryPrimitives.ReadUInt16LittleEndian(program[(at + 6)..]);
        int optional = BinaryPrimitives.ReadUInt16LittleEndian(program[(at + 20)..]);
        int length = FileHeaderBytes + optional + SectionBytes * sections;
        const int sizeOfHeadersField = FileHeaderBytes + 60;
        const int certificateField = FileHeaderBytes + 112 + 4 * 8;
        if (optional < 112 + 5 * 8 || length > program.Length - at)
            throw NoProgram();
        if (BinaryPrimitives.ReadUInt64LittleEndian(program[(at + certificateField)..]) != 0)
            throw new PackagingException("The Windows program is signed; its signature would not fit the container. Take the unsigned one.");
        int size = BinaryPrimitives.ReadInt32LittleEndian(program[(at + sizeOfHeadersField)..]);
        if (size < at + length || size > program.Length)
            throw NoProgram();
        int target = Math.Min(WantedHeader, (size - length) & ~7);
        if (target <= at)
            return at;
        if (program[(at + length)..size].ContainsAnyExcept((byte)0))
            throw new PackagingException("The Windows program has data behind its section table; its header cannot be moved.");
        byte[] header = program.Slice(at, length).ToArray();
        program[at..size].Clear();
        header.CopyTo(program[target..]);
        return target;
    }

    private static int ReadHeaderOffset(ReadOnlySpan<byte> program)
    {
        if (program.Length < 0x200 || !program.StartsWith("MZ"u8))
            throw NoProgram();
        int at = BinaryPrimitives.ReadInt32LittleEndian(program[HeaderScript.WindowsHeaderField..]);
        return at > 0 && at < program.Length - 0x100 && program[at..].StartsWith("PE\0\0"u8) ? at : throw NoProgram();
    }

    private static PackagingException NoProgram() => new("The Windows program is none: it has no 64-bit PE header.");
}
