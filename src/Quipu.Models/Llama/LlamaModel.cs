using Quipu.Gguf;
using Quipu.Tensors;

namespace Quipu.Models.Llama;

/// <summary>
/// Llama and its relatives (Llama 2 to 3.3, Mistral, TinyLlama, SmolLM2). Touvron et al. 2023, "LLaMA", arXiv:2302.13971: norm before
/// each sub-layer, rotary embedding of neighbouring pairs (GGUF permutes the rows of Q and K for it), grouped heads, SwiGLU.
/// </summary>
internal sealed class LlamaModel : IModel
{
    private readonly IDevice _device;
    private readonly LlamaConfig _config;
    private readonly LlamaWeights _weights;
    private readonly OutputLayer _output;
    private LlamaBuffers? _buffers;

    public LlamaModel(GgufFile file, IDevice device)
    {
        var reader = new ModelReader(file, device);
        _device = device;
        _config = LlamaConfig.Read(reader);
        _weights = new LlamaWeights(reader, _config);
        _output = new OutputLayer(device, _weights.OutputNorm, _weights.Output, _config.Epsilon);
        Shape = new ModelShape(reader.Architecture, _output.VocabularySize, _config.ContextLength, _config.EmbeddingLength,
            _config.KvHeads, _config.HeadDim, new int[_config.Layers]);
    }

    public ModelShape Shape { get; }

    public void Reserve(int maxRows)
    {
        _buffers?.Dispose();
        _buffers = new LlamaBuffers(_device, _config, maxRows);
        _output.Reserve(maxRows);
    }

    public void Forward(Batch batch, ReadOnlySpan<DeviceCache> caches)
    {
        var b = _buffers ?? throw new InvalidOperationException("Reserve comes before Forward.");
        int rows = batch.Rows;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, b.Hidden.Rows);
        _device.EmbedRows(_weights.TokenEmbedding, batch.Tokens, 1f, b.Hidden);
        _device.RopeTable(batch.Positions, _config.Rope.Angles, _config.Rope.Magnitude, b.Rope);
        for (int i = 0; i < _config.Layers; i++)
        {
            var layer = _weights.Layers[i];
            Attention(layer, b, batch, caches[i]);
            _device.Add(b.Projected, rows, b.Hidden);
            FeedForward(layer, b, rows);
            _device.Add(b.Projected, rows, b.Hidden);
        }

        _output.Keep(b.Hidden, batch);
    }

    public void ReadLogits(int index, Span<float> logits) => _output.ReadLogits(index, logits);

    public void ReadHidden(int index, Span<float> hidden) => _output.ReadHidden(index, hidden);

    private void Attention(LlamaLayer layer, LlamaBuffers b, Batch batch, DeviceCache cache)
    {
        int rows = batch.Rows;
        var segments = batch.Segments(window: 0);
        _device.RmsNorm(b.Hidden, rows, layer.AttentionNorm, _config.Epsilon, b.Normed);
        _device.MatMul(b.Normed, rows,
        [
            new(layer.Query, b.Queries, layer.QueryBias), new(layer.Key, b.Keys, layer.KeyBias), new(layer.Value, b.Values, layer.ValueBias),
        ]);
        _device.Rope(b.Queries, rows, _config.HeadDim, b.Rope, RopeStyle.Norm);
        _device.Rope(b.Keys, rows, _config.HeadDim, b.Rope, RopeStyle.Norm);
        _device.StoreKeyValue(b.Keys, b.Values, segments, cache);
        _device.Attend(b.Queries, segments, cache, _config.AttentionScale, window: 0, b.Attended);
        _device.MatMul(b.Attended, rows, [new(layer.AttentionOutput, b.Projected, layer.AttentionOutputBias)]);
    }

    private void FeedForward(LlamaLayer layer, LlamaBuffers b, int rows)
    {
        _device.RmsNorm(b.Hidden, rows, layer.FeedForwardNorm, _config.Epsilon, b.Normed);
        _device.MatMul(b.Normed, rows, [new(layer.Gate, b.Gate, layer.GateBias), new(layer.Up, b.Up, layer.UpBias)]);
        _device.SiluMul(b.Gate, b.Up, rows);
        _device.MatMul(b.Gate, rows, [new(layer.Down, b.Projected, layer.DownBias)]);
    }

    public void Dispose()
    {
        _buffers?.Dispose();
        _output.Dispose();
    }
}
