using Quipu.Tensors;

namespace Quipu.Models.Gemma3;

/// <summary>The weights of a Gemma 3 text model; norms carry their +1 already, as GGUF stores them.</summary>
internal sealed class Gemma3Weights
{
    public Gemma3Weights(ModelReader reader, Gemma3Config config)
    {
        int vocabulary = reader.VocabularySize();
        TokenEmbedding = reader.Weight("token_embd.weight", vocabulary, config.EmbeddingLength);
        OutputNorm = reader.Vector("output_norm.weight", config.EmbeddingLength);
        Output = reader.OptionalWeight("output.weight", vocabulary, config.EmbeddingLength) ?? TokenEmbedding;
        Layers = new Gemma3Layer[config.Layers];
        for (int i = 0; i < Layers.Length; i++)
            Layers[i] = new Gemma3Layer(reader, config, i);
    }

    public DeviceWeight TokenEmbedding { get; } // [n_vocab, n_embd]
    public DeviceWeight OutputNorm { get; }     // [n_embd]
    public DeviceWeight Output { get; }         // [n_vocab, n_embd]; the embedding itself where the file has no output
    public Gemma3Layer[] Layers { get; }
}

/// <summary>The weights of one layer.</summary>
internal sealed class Gemma3Layer(ModelReader reader, Gemma3Config config, int index)
{
    public DeviceWeight AttentionNorm { get; } = reader.Vector($"blk.{index}.attn_norm.weight", config.EmbeddingLength);
    public DeviceWeight Query { get; } = reader.Weight($"blk.{index}.attn_q.weight", config.Heads * config.HeadDim, config.EmbeddingLength);
    public DeviceWeight Key { get; } = reader.Weight($"blk.{index}.attn_k.weight", config.KvHeads * config.HeadDim, config.EmbeddingLength);
    public DeviceWeight Value { get; } = reader.Weight($"blk.{index}.attn_v.weight", config.KvHeads * config.HeadDim, config.EmbeddingLength);
    public DeviceWeight QueryNorm { get; } = reader.Vector($"blk.{index}.attn_q_norm.weight", config.HeadDim);
    public DeviceWeight KeyNorm { get; } = reader.Vector($"blk.{index}.attn_k_norm.weight", config.HeadDim);
    public DeviceWeight AttentionOutput { get; } =
        reader.Weight($"blk.{index}.attn_output.weight", config.EmbeddingLength, config.Heads * config.HeadDim);
    public DeviceWeight PostAttentionNorm { get; } = reader.Vector($"blk.{index}.post_attention_norm.weight", config.EmbeddingLength);
    public DeviceWeight FeedForwardNorm { get; } = reader.Vector($"blk.{index}.ffn_norm.weight", config.EmbeddingLength);
    public DeviceWeight Gate { get; } = reader.Weight($"blk.{index}.ffn_gate.weight", config.FeedForwardLength, config.EmbeddingLength);
    public DeviceWeight Up { get; } = reader.Weight($"blk.{index}.ffn_up.weight", config.FeedForwardLength, config.EmbeddingLength);
    public DeviceWeight Down { get; } = reader.Weight($"blk.{index}.ffn_down.weight", config.EmbeddingLength, config.FeedForwardLength);
    public DeviceWeight PostFeedForwardNorm { get; } = reader.Vector($"blk.{index}.post_ffw_norm.weight", config.EmbeddingLength);
}
