using System.Buffers.Binary;
using System.IO.Compression;

namespace Quipu.Packaging.Programs;

/// <summary>
/// gzip streams that fill whole blocks: the padding is in an extra field of the gzip header, so that <c>dd</c> by blocks and
/// <c>gzip -dc</c> give the content without a complaint about bytes behind the stream.
/// </summary>
internal static class GzipBlocks
{
    private const int FixedBytes = 10 + 2 + 4 + 8; // header, length of the extra field, its subfield's header, trailer

    /// <summary>Compresses.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> content)
    {
        using var body = new MemoryStream();
        using (var deflate = new DeflateStream(body, CompressionLevel.SmallestSize, leaveOpen: true))
            deflate.Write(content);
        int bodyLength = (int)body.Length;
        int padding = -(FixedBytes + bodyLength) & (ContainerLayout.BlockBytes - 1);
        byte[] stream = new byte[FixedBytes + padding + bodyLength];
        // Deflate, an extra field, no time, slowest compression, unknown system.
        ReadOnlySpan<byte> header = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 2, 0xff];
        header.CopyTo(stream);
        BinaryPrimitives.WriteUInt16LittleEndian(stream.AsSpan(10), (ushort)(padding + 4));
        "QP"u8.CopyTo(stream.AsSpan(12));
        BinaryPrimitives.WriteUInt16LittleEndian(stream.AsSpan(14), (ushort)padding);
        body.GetBuffer().AsSpan(0, bodyLength).CopyTo(stream.AsSpan(16 + padding));
        BinaryPrimitives.WriteUInt32LittleEndian(stream.AsSpan(^8), System.IO.Hashing.Crc32.HashToUInt32(content));
        BinaryPrimitives.WriteUInt32LittleEndian(stream.AsSpan(^4), (uint)content.Length);
        return stream;
    }
}
