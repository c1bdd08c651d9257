using Quipu.Gguf;

namespace Quipu.Models.Gemma3;

/// <summary>The numbers of a Gemma 3 text model, from metadata of architecture <c>gemma3</c>.</summary>
internal sealed record Gemma3Config
{
    // The 27B is the one size that scales attention by its model width, not by its head's (Gemma 3 report, arXiv:2503.19786, and
    // Google's released config: query_pre_attn_scalar 168). GGUF does not carry the number, so the layer count tells.
    private const int LayersOf27B = 62;

    public required int Layers { get; init; }
    public required int ContextLength { get; init; }
    public required int EmbeddingLength { get; init; }
    public required int FeedForwardLength { get; init; }
    public required int Heads { get; init; }
    public required int KvHeads { get; init; }
    public required int HeadDim { get; init; }
    public required float Epsilon { get; init; }
    public required int[] LayerWindows { get; init; } // [n_layers]; 0: global
    public required RopeFrequencies GlobalRope { get; init; }
    public required RopeFrequencies LocalRope { get; init; }

    public float AttentionScale =>
        1f / MathF.Sqrt(Layers == LayersOf27B ? (float)EmbeddingLength / Heads : HeadDim);

    public static Gemma3Config Read(ModelReader reader)
    {
        int layers = reader.Count("block_count", 1024);
        int embedding = reader.Count("embedding_length", 1 << 20);
        int heads = reader.Count("attention.head_count", 1024);
        int headDim = reader.Count("attention.key_length", 1024, 256);
        if (reader.Count("attention.value_length", 1024, headDim) != headDim || headDim % 2 != 0)
            throw new ModelException("gemma3 needs keys and values of the same, even length.");
        int kvHeads = reader.Count("attention.head_count_kv", 1024, heads);
        if (heads % kvHeads != 0)
            throw new ModelException($"{heads} heads cannot share {kvHeads} key/value heads evenly.");
        if (reader.Number("final_logit_softcapping", 0) != 0 || reader.Number("attn_logit_softcapping", 0) != 0)
            throw new ModelException("This gemma3 file asks for soft-capped logits, which Gemma 3 does not have.");
        float globalBase = reader.Positive("rope.freq_base", 1_000_000f);
        float localBase = reader.Positive("rope.freq_base_swa", 10_000f);
        return new Gemma3Config
        {
            Layers = layers,
            ContextLength = reader.Count("context_length", int.MaxValue),
            EmbeddingLength = embedding,
            FeedForwardLength = reader.Count("feed_forward_length", 1 << 20),
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            Epsilon = reader.Positive("attention.layer_norm_rms_epsilon", 1e-6f),
            LayerWindows = ReadWindows(reader, layers),
            GlobalRope = RopeFrequencies.FromMetadata(reader, headDim, globalBase, pairFactors: null),
            LocalRope = RopeFrequencies.Plain(headDim, localBase),
        };
    }

    /// <summary>Every n-th layer is global; the metadata may instead say for each layer whether it slides.</summary>
    private static int[] ReadWindows(ModelReader reader, int layers)
    {
        int window = reader.Count("attention.sliding_window", int.MaxValue, 512);
        string key = reader.Key("attention.sliding_window_pattern");
        int[] windows = new int[layers];
        if (reader.Metadata.TryGetValue(key, out var value) && value.Type == GgufValueType.Array)
        {
            if (value.Array.Count != layers)
                throw new ModelException($"Metadata '{key}' has {value.Array.Count} entries for {layers} layers.");
            for (int i = 0; i < layers; i++)
                windows[i] = Slides(value.Array.GetValue(i), key) ? window : 0;
            return windows;
        }

        int pattern = reader.Count("attention.sliding_window_pattern", 1024, 6);
        for (int i = 0; i < layers; i++)
            windows[i] = i % pattern == pattern - 1 ? 0 : window;
        return windows;
    }

    private static bool Slides(GgufValue entry, string key)
    {
        if (entry.TryGetBoolean(out bool slides))
            return slides;
        return entry.TryGetInt64(out long number)
            ? number != 0
            : throw new ModelException($"Metadata '{key}' must hold booleans or integers, not {entry.Type}.");
    }
}
