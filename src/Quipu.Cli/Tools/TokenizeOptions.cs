namespace Quipu.Cli.Tools;

/// <summary>How <c>quipu tokenize</c> works.</summary>
internal sealed record TokenizeOptions
{
    /// <summary>Whether the text of a special token is that token; decoding: whether special tokens are written out.</summary>
    public bool Special { get; init; } = true;

    /// <summary>Whether to add BOS and EOS where the vocabulary asks for them; decoding: whether to leave those out.</summary>
    public bool Bos { get; init; } = true;

    /// <summary>Write one JSON object.</summary>
    public bool Json { get; init; }

    /// <summary>A JSON value a line in, a JSON value a line out. Excludes <see cref="Json"/>.</summary>
    public bool JsonLines { get; init; }

    /// <summary>From ids to text.</summary>
    public bool Decode { get; init; }
}
