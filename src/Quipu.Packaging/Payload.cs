namespace Quipu.Packaging;

/// <summary>A program in the container for one platform, compressed by gzip.</summary>
/// <param name="Target">Its platform: a runtime identifier, for x64 with an instruction set.</param>
/// <param name="Offset">Where its gzip stream begins; a multiple of <see cref="ContainerLayout.BlockBytes"/>.</param>
/// <param name="CompressedLength">Bytes of the stream, a multiple too.</param>
/// <param name="Length">Bytes of the program.</param>
/// <param name="Sha256">Checksum of the program, in lower-case hexadecimal digits.</param>
public sealed record Payload(string Target, long Offset, long CompressedLength, long Length, string Sha256);
