namespace Quipu.RandomModels;

/// <summary>The numbers of a Gemma 3 text model (Gemma Team 2025, arXiv:2503.19786, table 1, and the released configurations).</summary>
internal sealed record GemmaShape
{
    public required string Size { get; init; }
    public required int Layers { get; init; }
    public required int EmbeddingLength { get; init; }
    public required int FeedForwardLength { get; init; }
    public required int Heads { get; init; }
    public required int KvHeads { get; init; }
    public int HeadDim { get; init; } = 256;
    public int Window { get; init; } = 1024;
    public int ContextLength { get; init; } = 131_072;
    public float RopeScale { get; init; } = 8;

    /// <summary>The released sizes.</summary>
    public static IReadOnlyList<GemmaShape> All { get; } =
    [
        new()
        {
            Size = "270M", Layers = 18, EmbeddingLength = 640, FeedForwardLength = 2048, Heads = 4, KvHeads = 1,
            Window = 512, ContextLength = 32_768, RopeScale = 1,
        },
        new()
        {
            Size = "1B", Layers = 26, EmbeddingLength = 1152, FeedForwardLength = 6912, Heads = 4, KvHeads = 1,
            Window = 512, ContextLength = 32_768, RopeScale = 1,
        },
        new() { Size = "4B", Layers = 34, EmbeddingLength = 2560, FeedForwardLength = 10_240, Heads = 8, KvHeads = 4 },
        new() { Size = "12B", Layers = 48, EmbeddingLength = 3840, FeedForwardLength = 15_360, Heads = 16, KvHeads = 8 },
        new() { Size = "27B", Layers = 62, EmbeddingLength = 5376, FeedForwardLength = 21_504, Heads = 32, KvHeads = 16, HeadDim = 128 },
    ];
}
