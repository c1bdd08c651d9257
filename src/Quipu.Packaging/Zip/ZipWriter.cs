using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Quipu.Packaging.Zip;

/// <summary>
/// Writes a ZIP of stored entries behind whatever the stream holds already, with 64-bit records where they are needed and one fixed time,
/// so that the same content gives the same bytes.
/// </summary>
/// <param name="output">The file, which can seek.</param>
internal sealed class ZipWriter(Stream output)
{
    // 1980-01-01, the first day that the format can express; no time.
    private const ushort Date = 0x21;
    private const ushort MadeByUnix = 0x031e;
    private const ushort Version = 20;
    private const ushort Version64 = 45;
    private const uint RegularFile = 0x81a4u << 16; // -rw-r--r--
    private const int BufferBytes = 1 << 20;

    private readonly List<ContainerEntry> _entries = [];
    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>Takes entries that are in the file already.</summary>
    public void Keep(IEnumerable<ContainerEntry> entries) => _entries.AddRange(entries);

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its content.</param>
    /// <param name="length">How long that is.</param>
    /// <param name="alignment">A power of two of which its first byte's offset is a multiple.</param>
    /// <param name="copied">Told how many bytes more are written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PackagingException">The content ends earlier.</exception>
    public void Add(string name, Stream content, long length, int alignment, Action<int> copied, CancellationToken cancellationToken)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        bool big = length >= uint.MaxValue;
        int extra = big ? 20 : 0;
        long headerLength = ZipSignatures.LocalHeaderBytes + nameBytes.Length + extra;
        int padding = 0;
        if (_entries.Count == 0)
        {
            // The gap before the first entry belongs to what stands before the archive: every tool keeps it as it is.
            output.Write(new byte[ContainerLayout.Align(output.Position + headerLength, alignment) - headerLength - output.Position]);
        }
        else if ((output.Position + headerLength) % alignment != 0)
        {
            // Later ones carry the gap themselves, in an extra field: tools that copy entries close gaps between them.
            padding = (int)(ContainerLayout.Align(output.Position + headerLength + 4, alignment) - output.Position - headerLength);
            if (padding > ushort.MaxValue - extra)
            {
                // A few bytes more than extra fields can hold together: the rest is a gap.
                output.Write(new byte[24]);
                padding -= 24;
            }
        }
        long at = output.Position;
        WriteLocal(nameBytes, length, 0, padding);
        uint crc = Copy(name, content, length, copied, cancellationToken);
        long end = output.Position;
        output.Position = at;
        WriteLocal(nameBytes, length, crc, padding);
        output.Position = end;
        _entries.Add(new ContainerEntry(name, at, length, length, 0, crc));
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        long offset = output.Position;
        foreach (var entry in _entries)
            WriteCentral(entry);
        long size = output.Position - offset;
        bool big = offset + size >= uint.MaxValue || _entries.Count >= ushort.MaxValue;
        if (big)
            WriteEnd64(offset, size);
        Span<byte> end = stackalloc byte[ZipSignatures.EndOfDirectoryBytes];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, ZipSignatures.EndOfDirectory);
        ushort count = (ushort)Math.Min(_entries.Count, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], count);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)size);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], big ? uint.MaxValue : (uint)offset);
        output.Write(end);
    }

    private uint Copy(string name, Stream content, long length, Action<int> copied, CancellationToken cancellationToken)
    {
        var crc = new Crc32();
        for (long left = length; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = content.Read(_buffer, 0, (int)Math.Min(left, _buffer.Length));
            if (count == 0)
                throw new PackagingException($"'{name}' ended {left} bytes early: it was changed while it was packed. Try again.");
            crc.Append(_buffer.AsSpan(0, count));
            output.Write(_buffer, 0, count);
            left -= count;
            copied(count);
        }
        return crc.GetCurrentHashAsUInt32();
    }

    private void WriteLocal(byte[] name, long length, uint crc, int padding)
    {
        bool big = length >= uint.MaxValue;
        byte[] header = new byte[ZipSignatures.LocalHeaderBytes + name.Length + (big ? 20 : 0) + padding];
        var span = header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, ZipSignatures.LocalHeader);
        BinaryPrimitives.WriteUInt16LittleEndian(span[4..], big ? Version64 : Version);
        BinaryPrimitives.WriteUInt16LittleEndian(span[6..], ZipSignatures.Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(span[12..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(span[14..], crc);
        uint shown = big ? uint.MaxValue : (uint)length;
        BinaryPrimitives.WriteUInt32LittleEndian(span[18..], shown);
        BinaryPrimitives.WriteUInt32LittleEndian(span[22..], shown);
        BinaryPrimitives.WriteUInt16LittleEndian(span[26..], (ushort)name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(span[28..], (ushort)((big ? 20 : 0) + padding));
        name.CopyTo(span[ZipSignatures.LocalHeaderBytes..]);
        var extra = span[(ZipSignatures.LocalHeaderBytes + name.Length)..];
        if (big)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(extra, ZipSignatures.Zip64Field);
            BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], 16);
            BinaryPrimitives.WriteInt64LittleEndian(extra[4..], length);
            BinaryPrimitives.WriteInt64LittleEndian(extra[12..], length);
            extra = extra[20..];
        }
        if (padding > 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(extra, ZipSignatures.PaddingField);
            BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)(padding - 4));
        }
        output.Write(header);
    }

    private void WriteCentral(ContainerEntry entry)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        List<long> wide = [];
        uint Narrow(long value)
        {
            if (value < uint.MaxValue)
                return (uint)value;
            wide.Add(value);
            return uint.MaxValue;
        }

        byte[] header = new byte[ZipSignatures.CentralHeaderBytes];
        var span = header.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, ZipSignatures.CentralHeader);
        BinaryPrimitives.WriteUInt16LittleEndian(span[4..], MadeByUnix);
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], ZipSignatures.Utf8Names);
        BinaryPrimitives.WriteUInt16LittleEndian(span[10..], entry.Method);
        BinaryPrimitives.WriteUInt16LittleEndian(span[14..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], entry.Crc32);
        // The order of the wide values is the format's: content, compressed, offset.
        BinaryPrimitives.WriteUInt32LittleEndian(span[24..], Narrow(entry.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(span[20..], Narrow(entry.CompressedLength));
        BinaryPrimitives.WriteUInt32LittleEndian(span[42..], Narrow(entry.HeaderOffset));
        BinaryPrimitives.WriteUInt16LittleEndian(span[6..], wide.Count > 0 ? Version64 : Version);
        BinaryPrimitives.WriteUInt16LittleEndian(span[28..], (ushort)name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(span[30..], (ushort)(wide.Count > 0 ? 4 + 8 * wide.Count : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(span[38..], RegularFile);
        output.Write(header);
        output.Write(name);
        if (wide.Count == 0)
            return;
        byte[] extra = new byte[4 + 8 * wide.Count];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, ZipSignatures.Zip64Field);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), (ushort)(8 * wide.Count));
        for (int i = 0; i < wide.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(4 + 8 * i), wide[i]);
        output.Write(extra);
    }

    private void WriteEnd64(long offset, long size)
    {
        long at = output.Position;
        byte[] record = new byte[ZipSignatures.EndOfDirectory64Bytes + ZipSignatures.Locator64Bytes];
        var span = record.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(span, ZipSignatures.EndOfDirectory64);
        BinaryPrimitives.WriteInt64LittleEndian(span[4..], ZipSignatures.EndOfDirectory64Bytes - 12);
        BinaryPrimitives.WriteUInt16LittleEndian(span[12..], Version64);
        BinaryPrimitives.WriteUInt16LittleEndian(span[14..], Version64);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], _entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(span[32..], _entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(span[40..], size);
        BinaryPrimitives.WriteInt64LittleEndian(span[48..], offset);
        span = span[ZipSignatures.EndOfDirectory64Bytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(span, ZipSignatures.Locator64);
        BinaryPrimitives.WriteInt64LittleEndian(span[8..], at);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], 1);
        output.Write(record);
    }
}
