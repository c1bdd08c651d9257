namespace Quipu.Packaging;

/// <summary>Programs one after the other in one LZMA stream.</summary>
/// <param name="Extractor">
/// What the launcher decodes it with: the target of an extractor, which is among the programs by gzip, or <see cref="Tar"/>.
/// </param>
/// <param name="Compressed">The stream, as a .lzma file.</param>
/// <param name="Programs">What it holds, and how many bytes are before each in the decoded stream: the first are extracted fastest.</param>
public sealed record ProgramStream(string Extractor, byte[] Compressed, IReadOnlyList<(string Target, byte[] Program, long Skip)> Programs)
{
    /// <summary>
    /// The decoded stream is a tar archive, whose entries have the targets' names; the system's <c>tar</c> reads it, as that of macOS does.
    /// </summary>
    public const string Tar = "tar";
}
