namespace Quipu.Packaging;

/// <summary>
/// A program in the container for one platform. It is a gzip stream of its own, or lies with others in an LZMA stream, which takes less
/// than half of the space: programs for the processors of one platform have most in common. macOS has a tool for LZMA, <c>tar</c>; not
/// every Linux has one, so the container brings it: a small program, by gzip.
/// </summary>
/// <param name="Target">Its platform: a runtime identifier, for x64 with an instruction set.</param>
/// <param name="Offset">Where its stream begins; a multiple of <see cref="ContainerLayout.BlockBytes"/>.</param>
/// <param name="CompressedLength">Bytes of the stream, a multiple too.</param>
/// <param name="Length">Bytes of the program.</param>
/// <param name="Sha256">Checksum of the program, in lower-case hexadecimal digits.</param>
/// <param name="Skip">Bytes of other programs before it in the stream.</param>
/// <param name="Extractor">The target of the program that decodes the stream, or <see cref="ProgramStream.Tar"/>; null for gzip.</param>
public sealed record Payload(
    string Target, long Offset, long CompressedLength, long Length, string Sha256, long Skip = 0, string? Extractor = null)
{
    /// <summary>
    /// The Windows program: the container begins with it. Its checksum leaves out the launcher's checksum, which stands in its first bytes
    /// and covers the text that this one stands in.
    /// </summary>
    public const string WindowsTarget = "win-x64";

    /// <summary>How the targets of extractors begin; all others are Quipu itself.</summary>
    public const string ExtractorPrefix = "extract-";

    /// <summary>Whether it only decodes streams for the launcher.</summary>
    public bool IsExtractor => Target.StartsWith(ExtractorPrefix, StringComparison.Ordinal);
}
