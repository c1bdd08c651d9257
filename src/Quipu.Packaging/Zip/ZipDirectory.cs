using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Quipu.Packaging.Zip;

/// <summary>
/// Reads the central directory of a ZIP, 64-bit or not, whatever stands before and behind it. Every claim is checked against the file's
/// size before it is believed.
/// </summary>
internal sealed class ZipDirectory
{
    private const int SearchBytes = 65536 + ZipSignatures.EndOfDirectoryBytes;
    private const long LargestDirectory = 64 << 20;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _length;

    private ZipDirectory(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
        _length = RandomAccess.GetLength(file);
    }

    /// <summary>The entries, in the directory's order.</summary>
    public ImmutableArray<ContainerEntry> Entries { get; private set; } = [];

    /// <summary>Where the directory begins.</summary>
    public long Offset { get; private set; }

    /// <summary>What must be added to offsets that the archive states: 0 unless a program was put before it without adapting them.</summary>
    public long Bias { get; private set; }

    /// <summary>Reads a file's directory, or returns null where it is no ZIP.</summary>
    /// <exception cref="PackagingException">The directory is damaged.</exception>
    public static ZipDirectory? TryRead(SafeFileHandle file, string path)
    {
        var directory = new ZipDirectory(file, path);
        int tailLength = (int)Math.Min(directory._length, SearchBytes);
        byte[] tail = directory.Read(directory._length - tailLength, tailLength);
        for (int at = tailLength - ZipSignatures.EndOfDirectoryBytes; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at)) != ZipSignatures.EndOfDirectory)
                continue;
            var end = tail.AsSpan(at, ZipSignatures.EndOfDirectoryBytes);
            if (!IsPlausible(end, tailLength - at))
                continue; // The letters happened to stand in other data.
            directory.ReadEnd(directory._length - tailLength + at, end);
            return directory;
        }
        return null;
    }

    /// <summary>Whether the comment fits the file, and all is on one disk, as it has been since floppy disks.</summary>
    private static bool IsPlausible(ReadOnlySpan<byte> end, int available)
    {
        ushort disk = BinaryPrimitives.ReadUInt16LittleEndian(end[4..]), first = BinaryPrimitives.ReadUInt16LittleEndian(end[6..]);
        return ZipSignatures.EndOfDirectoryBytes + BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) <= available
            && disk is 0 or ushort.MaxValue && first is 0 or ushort.MaxValue
            && BinaryPrimitives.ReadUInt16LittleEndian(end[8..]) == BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
    }

    private void ReadEnd(long at, ReadOnlySpan<byte> end)
    {
        long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        long directoryEnd = at;
        if ((count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue) && TryReadEnd64(at, out byte[] end64, out long at64))
        {
            count = ReadInt64(end64, 32, "the number of entries");
            size = ReadInt64(end64, 40, "the directory's size");
            offset = ReadInt64(end64, 48, "the directory's offset");
            directoryEnd = at64;
        }
        // A size above the limit would be no directory of ours or of any tool that packs models.
        if (size > LargestDirectory || size > directoryEnd || count > size / ZipSignatures.CentralHeaderBytes)
            throw Damaged($"its directory claims {count} entries in {size} bytes");
        // The directory ends where its end record begins; stated offsets may be those of the archive before it was put behind a program.
        long begin = directoryEnd - size;
        if (offset > begin)
            throw Damaged($"its directory should be at byte {offset}, behind its own end");
        // Tools may leave a gap before the end record: then the stated offset is right, and the other one only a guess.
        bool stated = size == 0 || IsCentralHeader(offset);
        (Offset, Bias) = stated ? (offset, 0) : (begin, begin - offset);
        ReadEntries(Read(Offset, (int)size), count);
    }

    private bool IsCentralHeader(long at) =>
        at + 4 <= _length && BinaryPrimitives.ReadUInt32LittleEndian(Read(at, 4)) == ZipSignatures.CentralHeader;

    private bool TryReadEnd64(long end, out byte[] record, out long at)
    {
        (record, at) = ([], 0);
        long locatorAt = end - ZipSignatures.Locator64Bytes;
        if (locatorAt < 0)
            return false;
        byte[] locator = Read(locatorAt, ZipSignatures.Locator64Bytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != ZipSignatures.Locator64)
            return false;
        at = ReadInt64(locator, 8, "the offset of its 64-bit end record");
        if (at > locatorAt - ZipSignatures.EndOfDirectory64Bytes)
            throw Damaged($"its 64-bit end record should be at byte {at}");
        record = Read(at, ZipSignatures.EndOfDirectory64Bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == ZipSignatures.EndOfDirectory64
            ? true
            : throw Damaged($"there is no 64-bit end record at byte {at}");
    }

    private void ReadEntries(byte[] directory, long count)
    {
        var entries = ImmutableArray.CreateBuilder<ContainerEntry>((int)count);
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            if (directory.Length - at < ZipSignatures.CentralHeaderBytes
                || BinaryPrimitives.ReadUInt32LittleEndian(directory.AsSpan(at)) != ZipSignatures.CentralHeader)
            {
                throw Damaged($"entry {i + 1} of {count} of its directory is none");
            }
            var header = directory.AsSpan(at);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
            int headerLength = ZipSignatures.CentralHeaderBytes + nameLength + extraLength + commentLength;
            if (headerLength > header.Length)
                throw Damaged($"entry {i + 1} of {count} of its directory is cut off");
            entries.Add(ReadEntry(header, nameLength, extraLength));
            at += headerLength;
        }
        Entries = entries.MoveToImmutable();
    }

    private ContainerEntry ReadEntry(ReadOnlySpan<byte> header, int nameLength, int extraLength)
    {
        string name = Encoding.UTF8.GetString(header.Slice(ZipSignatures.CentralHeaderBytes, nameLength));
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if ((flags & ZipSignatures.Encrypted) != 0)
            throw new PackagingException($"{_path}: the entry '{name}' is encrypted, which is not supported.");
        ulong compressed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        ulong offset = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        var extra = Find64(header.Slice(ZipSignatures.CentralHeaderBytes + nameLength, extraLength));
        Widen(ref length, ref extra, name);
        Widen(ref compressed, ref extra, name);
        Widen(ref offset, ref extra, name);
        if (offset > (ulong)(_length - Bias) || compressed > (ulong)_length || length > long.MaxValue)
            throw Damaged($"the entry '{name}' of {compressed} bytes at byte {offset} does not lie within the file's {_length}");
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        ushort method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        return new ContainerEntry(name, (long)offset + Bias, (long)length, (long)compressed, method, crc);
    }

    /// <summary>Of the fields that do not fit 32 bits, the extra field has the real values, in a fixed order.</summary>
    private void Widen(ref ulong value, ref ReadOnlySpan<byte> extra, string name)
    {
        if (value != uint.MaxValue)
            return;
        if (extra.Length < sizeof(ulong))
            throw Damaged($"the 64-bit sizes of the entry '{name}' are missing");
        value = BinaryPrimitives.ReadUInt64LittleEndian(extra);
        extra = extra[sizeof(ulong)..];
    }

    private static ReadOnlySpan<byte> Find64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            ushort id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (id == ZipSignatures.Zip64Field)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }
        return [];
    }

    private long ReadInt64(byte[] record, int at, string what)
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(at));
        return value <= (ulong)_length ? (long)value : throw Damaged($"{what} is {value}");
    }

    private byte[] Read(long at, int length)
    {
        byte[] bytes = new byte[length];
        if (RandomAccess.Read(_file, bytes, at) != length)
            throw Damaged($"it ends within the {length} bytes at byte {at}");
        return bytes;
    }

    private PackagingException Damaged(string problem) => new($"{_path} is a damaged container: {problem}. Fetch it again.");
}
