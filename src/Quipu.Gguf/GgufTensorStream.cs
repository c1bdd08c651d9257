namespace Quipu.Gguf;

/// <summary>
/// Takes the bytes of one tensor while a file is written, and sees to it that there are neither fewer nor more than its type and shape
/// take.
/// </summary>
/// <param name="output">Where they go.</param>
/// <param name="info">The tensor.</param>
internal sealed class GgufTensorStream(GgufOutput output, GgufTensorInfo info) : Stream
{
    private readonly long _start = output.Position;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => output.Position - _start;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException("The bytes of a tensor are written in order.");
    }

    /// <summary>Checks that all bytes came.</summary>
    /// <exception cref="GgufException">Some did not.</exception>
    public void CheckComplete()
    {
        if (Length != info.ByteLength)
            throw new GgufException($"The tensor '{info.Name}' takes {info.ByteLength} bytes, but only {Length} were written.");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Length + buffer.Length > info.ByteLength)
            throw new GgufException($"The tensor '{info.Name}' takes {info.ByteLength} bytes, but more were written.");
        output.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // The output flushes once, when the file is complete.
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The bytes of a tensor are only written.");

    public override long Seek(long offset, SeekOrigin origin) =>
        throw new NotSupportedException("The bytes of a tensor are written in order.");

    public override void SetLength(long value) => throw new NotSupportedException("The bytes of a tensor are written in order.");
}
