namespace Quipu.Models.Llama;

/// <summary>The numbers of a Llama-like model, from metadata of architecture <c>llama</c>.</summary>
internal sealed record LlamaConfig
{
    public required int Layers { get; init; }
    public required int ContextLength { get; init; }
    public required int EmbeddingLength { get; init; }
    public required int FeedForwardLength { get; init; }
    public required int Heads { get; init; }
    public required int KvHeads { get; init; }
    public required int HeadDim { get; init; }
    public required float Epsilon { get; init; }
    public required RopeFrequencies Rope { get; init; }

    public float AttentionScale => 1f / MathF.Sqrt(HeadDim);

    public static LlamaConfig Read(ModelReader reader)
    {
        if (reader.Metadata.GetInt32OrNull(reader.Key("expert_count")) is > 0)
            throw new ModelException("This model is a mixture of experts (Mixtral), which is not supported; dense llama models are.");
        int embedding = reader.Count("embedding_length", 1 << 20);
        int heads = reader.Count("attention.head_count", 1024);
        int kvHeads = reader.Count("attention.head_count_kv", 1024, heads);
        if (heads % kvHeads != 0)
            throw new ModelException($"{heads} heads cannot share {kvHeads} key/value heads evenly.");
        int headDim = reader.Count("attention.key_length", 1024, Math.Max(1, embedding / heads));
        if (reader.Count("attention.value_length", 1024, headDim) != headDim)
            throw new ModelException("llama needs keys and values of the same length.");
        int rotary = reader.Count("rope.dimension_count", headDim, headDim);
        if (rotary % 2 != 0)
            throw new ModelException($"Metadata '{reader.Key("rope.dimension_count")}' is {rotary}; it must be even.");

        // Llama 3.1 and later carry the slow-down of each pair as a tensor, made by the converter from the model's own config.
        float[]? pairFactors = reader.OptionalElements("rope_freqs.weight", rotary / 2);
        return new LlamaConfig
        {
            Layers = reader.Count("block_count", 1024),
            ContextLength = reader.Count("context_length", int.MaxValue),
            EmbeddingLength = embedding,
            FeedForwardLength = reader.Count("feed_forward_length", 1 << 20),
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            Epsilon = reader.Positive("attention.layer_norm_rms_epsilon", 1e-5f),
            Rope = RopeFrequencies.FromMetadata(reader, rotary, reader.Positive("rope.freq_base", 10_000f), pairFactors),
        };
    }
}
