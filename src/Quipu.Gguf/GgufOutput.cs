using System.Buffers.Binary;

namespace Quipu.Gguf;

/// <summary>Writes a header's numbers, strings and values to a stream and counts the bytes.</summary>
/// <param name="stream">Where they go.</param>
internal sealed class GgufOutput(Stream stream)
{
    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        Position += bytes.Length;
    }

    public void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Write(bytes);
    }

    public void WriteUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Write(bytes);
    }

    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        WriteUInt64((ulong)utf8.Length);
        Write(utf8);
    }

    public void WriteArray(GgufArray array)
    {
        WriteUInt32((uint)array.ElementType);
        WriteUInt64((ulong)array.Count);
        array.WriteElements(this);
    }

    /// <summary>Writes a value's type and the value.</summary>
    public void WriteValue(GgufValue value)
    {
        WriteUInt32((uint)value.Type);
        switch (value.Type)
        {
            case GgufValueType.String:
                WriteString(value.Utf8);
                break;
            case GgufValueType.Array:
                WriteArray(value.Array);
                break;
            default:
                Span<byte> bytes = stackalloc byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value.Bits);
                Write(bytes[..GgufValueTypes.FixedSize(value.Type)]);
                break;
        }
    }

    /// <summary>Fills with zeros up to the next multiple of the alignment.</summary>
    public void Pad(long alignment)
    {
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (long gap = GgufLimits.Align(Position, alignment) - Position; gap > 0;)
        {
            int bytes = (int)Math.Min(gap, zeros.Length);
            Write(zeros[..bytes]);
            gap -= bytes;
        }
    }
}
