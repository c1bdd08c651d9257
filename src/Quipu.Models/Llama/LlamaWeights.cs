using Quipu.Tensors;

namespace Quipu.Models.Llama;

/// <summary>The weights of a Llama-like model.</summary>
internal sealed class LlamaWeights
{
    public LlamaWeights(ModelReader reader, LlamaConfig config)
    {
        int vocabulary = reader.VocabularySize();
        TokenEmbedding = reader.Weight("token_embd.weight", vocabulary, config.EmbeddingLength);
        OutputNorm = reader.Vector("output_norm.weight", config.EmbeddingLength);
        Output = reader.OptionalWeight("output.weight", vocabulary, config.EmbeddingLength) ?? TokenEmbedding;
        Layers = new LlamaLayer[config.Layers];
        for (int i = 0; i < Layers.Length; i++)
            Layers[i] = new LlamaLayer(reader, config, i);
    }

    public DeviceWeight TokenEmbedding { get; } // [n_vocab, n_embd]
    public DeviceWeight OutputNorm { get; }     // [n_embd]
    public DeviceWeight Output { get; }         // [n_vocab, n_embd]; the embedding itself where the file has no output
    public LlamaLayer[] Layers { get; }
}

/// <summary>The weights of one layer. Biases are there in some relatives of Llama only.</summary>
internal sealed class LlamaLayer
{
    public LlamaLayer(ModelReader reader, LlamaConfig config, int index)
    {
        int embedding = config.EmbeddingLength, feedForward = config.FeedForwardLength;
        int queryWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;
        string layer = $"blk.{index}.";
        AttentionNorm = reader.Vector(layer + "attn_norm.weight", embedding);
        Query = reader.Weight(layer + "attn_q.weight", queryWidth, embedding);
        Key = reader.Weight(layer + "attn_k.weight", kvWidth, embedding);
        Value = reader.Weight(layer + "attn_v.weight", kvWidth, embedding);
        QueryBias = reader.OptionalVector(layer + "attn_q.bias", queryWidth);
        KeyBias = reader.OptionalVector(layer + "attn_k.bias", kvWidth);
        ValueBias = reader.OptionalVector(layer + "attn_v.bias", kvWidth);
        AttentionOutput = reader.Weight(layer + "attn_output.weight", embedding, queryWidth);
        AttentionOutputBias = reader.OptionalVector(layer + "attn_output.bias", embedding);
        FeedForwardNorm = reader.Vector(layer + "ffn_norm.weight", embedding);
        Gate = reader.Weight(layer + "ffn_gate.weight", feedForward, embedding);
        Up = reader.Weight(layer + "ffn_up.weight", feedForward, embedding);
        Down = reader.Weight(layer + "ffn_down.weight", embedding, feedForward);
        GateBias = reader.OptionalVector(layer + "ffn_gate.bias", feedForward);
        UpBias = reader.OptionalVector(layer + "ffn_up.bias", feedForward);
        DownBias = reader.OptionalVector(layer + "ffn_down.bias", embedding);
    }

    public DeviceWeight AttentionNorm { get; }
    public DeviceWeight Query { get; }
    public DeviceWeight Key { get; }
    public DeviceWeight Value { get; }
    public DeviceWeight? QueryBias { get; }
    public DeviceWeight? KeyBias { get; }
    public DeviceWeight? ValueBias { get; }
    public DeviceWeight AttentionOutput { get; }
    public DeviceWeight? AttentionOutputBias { get; }
    public DeviceWeight FeedForwardNorm { get; }
    public DeviceWeight Gate { get; }
    public DeviceWeight Up { get; }
    public DeviceWeight Down { get; }
    public DeviceWeight? GateBias { get; }
    public DeviceWeight? UpBias { get; }
    public DeviceWeight? DownBias { get; }
}
