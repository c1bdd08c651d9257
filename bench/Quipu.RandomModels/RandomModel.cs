using System.Runtime.InteropServices;
using Quipu.Gguf;
using Quipu.Tensors;

namespace Quipu.RandomModels;

/// <summary>Writes a Gemma 3 of random weights: what it says is noise, but it takes the time and the memory of the real one.</summary>
/// <param name="shape">The size.</param>
/// <param name="fileType">How it is quantized.</param>
/// <param name="vocabulary">A file with the vocabulary; its weights, if any, are not used.</param>
/// <param name="seed">The same seed gives the same file.</param>
internal sealed class RandomModel(GemmaShape shape, FileType fileType, GgufFile vocabulary, ulong seed)
{
    private const int ChunkBytes = 1 << 26;
    private const string Architecture = "gemma3.";

    private readonly Dictionary<(TensorType Type, int Columns), RandomBlocks> _blocks = [];
    private ulong _tensors;

    /// <summary>Writes the file.</summary>
    public void Write(Stream destination)
    {
        var writer = new GgufWriter();
        WriteMetadata(writer);
        int rows = vocabulary.Metadata["tokenizer.ggml.tokens"].Array.Count;
        AddMatrix(writer, "token_embd", "token_embd.weight", 0, rows, shape.EmbeddingLength);
        for (int layer = 0; layer < shape.Layers; layer++)
            AddLayer(writer, layer);
        AddNorm(writer, "output_norm.weight", shape.EmbeddingLength);
        writer.Write(destination);
    }

    private void WriteMetadata(GgufWriter writer)
    {
        writer.Add("general.architecture", GgufValue.From("gemma3"));
        writer.Add("general.name", GgufValue.From($"Gemma 3 {shape.Size} of random weights, {fileType.Name}, seed {seed}"));
        writer.Add("general.size_label", GgufValue.From(shape.Size));
        writer.Add("general.file_type", GgufValue.From(fileType.Number));
        writer.Add("general.quantization_version", GgufValue.From(2u));
        (string Key, int Value)[] counts =
        [
            ("context_length", shape.ContextLength), ("embedding_length", shape.EmbeddingLength), ("block_count", shape.Layers),
            ("feed_forward_length", shape.FeedForwardLength), ("attention.head_count", shape.Heads),
            ("attention.head_count_kv", shape.KvHeads), ("attention.key_length", shape.HeadDim),
            ("attention.value_length", shape.HeadDim), ("attention.sliding_window", shape.Window),
        ];
        foreach ((string key, int value) in counts)
            writer.Add(Architecture + key, GgufValue.From((uint)value));
        writer.Add(Architecture + "attention.layer_norm_rms_epsilon", GgufValue.From(1e-6f));
        writer.Add(Architecture + "rope.freq_base", GgufValue.From(1_000_000f));
        if (shape.RopeScale > 1)
        {
            writer.Add(Architecture + "rope.scaling.type", GgufValue.From("linear"));
            writer.Add(Architecture + "rope.scaling.factor", GgufValue.From(shape.RopeScale));
        }
        foreach (var (key, value) in vocabulary.Metadata)
            if (key.StartsWith("tokenizer.", StringComparison.Ordinal))
                writer.Add(key, value);
    }

    private void AddLayer(GgufWriter writer, int layer)
    {
        int embedding = shape.EmbeddingLength, heads = shape.Heads * shape.HeadDim, kvHeads = shape.KvHeads * shape.HeadDim;
        Norm("attn_norm", embedding);
        Matrix("attn_q", heads, embedding);
        Matrix("attn_k", kvHeads, embedding);
        Matrix("attn_v", kvHeads, embedding);
        Norm("attn_q_norm", shape.HeadDim);
        Norm("attn_k_norm", shape.HeadDim);
        Matrix("attn_output", embedding, heads);
        Norm("post_attention_norm", embedding);
        Norm("ffn_norm", embedding);
        Matrix("ffn_gate", shape.FeedForwardLength, embedding);
        Matrix("ffn_up", shape.FeedForwardLength, embedding);
        Matrix("ffn_down", embedding, shape.FeedForwardLength);
        Norm("post_ffw_norm", embedding);

        void Norm(string name, int length) => AddNorm(writer, $"blk.{layer}.{name}.weight", length);
        void Matrix(string name, int rows, int columns) => AddMatrix(writer, name, $"blk.{layer}.{name}.weight", layer, rows, columns);
    }

    private static void AddNorm(GgufWriter writer, string name, int length)
    {
        float[] ones = new float[length];
        ones.AsSpan().Fill(1);
        writer.AddTensor(name, TensorType.F32, [length], MemoryMarshal.AsBytes(ones.AsSpan()).ToArray());
    }

    private void AddMatrix(GgufWriter writer, string name, string fullName, int layer, int rows, int columns)
    {
        TensorType type = fileType.Of(name, layer, columns, shape);
        ulong tensor = _tensors++;
        writer.AddTensor(fullName, type, [columns, rows], stream => WriteRows(stream, type, tensor, rows, columns));
    }

    // Each row is drawn with its own generator, so that threads do not change the file.
    private void WriteRows(Stream destination, TensorType type, ulong tensor, int rows, int columns)
    {
        int rowBytes = (int)TensorFormats.Get(type).RowBytes(columns);
        RandomBlocks blocks = Blocks(type, columns);
        byte[] chunk = new byte[Math.Min(rows, Math.Max(1, ChunkBytes / rowBytes)) * rowBytes];
        for (int first = 0; first < rows; first += chunk.Length / rowBytes)
        {
            int start = first, count = Math.Min(chunk.Length / rowBytes, rows - first);
            Parallel.For(0, count, i =>
                blocks.Draw(chunk.AsSpan(i * rowBytes, rowBytes), new SplitMix(seed ^ (tensor << 40) ^ ((ulong)(start + i) << 8))));
            destination.Write(chunk, 0, count * rowBytes);
        }
    }

    // The deviation keeps a product of a normalised row at a magnitude of about 1.
    private RandomBlocks Blocks(TensorType type, int columns)
    {
        if (!_blocks.TryGetValue((type, columns), out var blocks))
            _blocks.Add((type, columns), blocks = new RandomBlocks(type, 1 / MathF.Sqrt(columns), seed));
        return blocks;
    }
}
