using Quipu.Gguf;
using Quipu.Tensors;

namespace Quipu.Models.Gemma3;

/// <summary>
/// Gemma 3 text models of every size (270M to 27B). Gemma Team 2025, "Gemma 3 Technical Report", arXiv:2503.19786: norms before and
/// after each sub-layer, normalised queries and keys, five layers with a sliding window to one that sees everything, GeGLU.
/// </summary>
internal sealed class Gemma3Model : IModel
{
    private readonly IDevice _device;
    private readonly Gemma3Config _config;
    private readonly Gemma3Weights _weights;
    private readonly OutputLayer _output;
    private Gemma3Buffers? _buffers;

    public Gemma3Model(GgufFile file, IDevice device)
    {
        var reader = new ModelReader(file, device);
        _device = device;
        _config = Gemma3Config.Read(reader);
        _weights = new Gemma3Weights(reader, _config);
        _output = new OutputLayer(device, _weights.OutputNorm, _weights.Output, _config.Epsilon);
        Shape = new ModelShape(reader.Architecture, _output.VocabularySize, _config.ContextLength, _config.EmbeddingLength,
            _config.KvHeads, _config.HeadDim, _config.LayerWindows);
    }

    public ModelShape Shape { get; }

    public void Reserve(int maxRows)
    {
        _buffers?.Dispose();
        _buffers = new Gemma3Buffers(_device, _config, maxRows);
        _output.Reserve(maxRows);
    }

    public void Forward(Batch batch, ReadOnlySpan<DeviceCache> caches)
    {
        var b = _buffers ?? throw new InvalidOperationException("Reserve comes before Forward.");
        int rows = batch.Rows;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, b.Hidden.Rows);
        _device.EmbedRows(_weights.TokenEmbedding, batch.Tokens, MathF.Sqrt(_config.EmbeddingLength), b.Hidden);
        _device.RopeTable(batch.Positions, _config.GlobalRope.Angles, _config.GlobalRope.Magnitude, b.GlobalRope);
        _device.RopeTable(batch.Positions, _config.LocalRope.Angles, _config.LocalRope.Magnitude, b.LocalRope);
        for (int i = 0; i < _config.Layers; i++)
        {
            var layer = _weights.Layers[i];
            Attention(layer, b, batch, caches[i], _config.LayerWindows[i]);
            _device.RmsNormAdd(b.Projected, rows, layer.PostAttentionNorm, _config.Epsilon, b.Hidden);
            FeedForward(layer, b, rows);
            _device.RmsNormAdd(b.Projected, rows, layer.PostFeedForwardNorm, _config.Epsilon, b.Hidden);
        }

        _output.Keep(b.Hidden, batch);
    }

    public void ReadLogits(int index, Span<float> logits) => _output.ReadLogits(index, logits);

    public void ReadHidden(int index, Span<float> hidden) => _output.ReadHidden(index, hidden);

    private void Attention(Gemma3Layer layer, Gemma3Buffers b, Batch batch, DeviceCache cache, int window)
    {
        int rows = batch.Rows;
        var segments = batch.Segments(window);
        var rope = window == 0 ? b.GlobalRope : b.LocalRope;
        _device.RmsNorm(b.Hidden, rows, layer.AttentionNorm, _config.Epsilon, b.Normed);
        _device.MatMul(b.Normed, rows, [new(layer.Query, b.Queries), new(layer.Key, b.Keys), new(layer.Value, b.Values)]);
        _device.RmsNormHeads(b.Queries, rows, layer.QueryNorm, _config.Epsilon);
        _device.RmsNormHeads(b.Keys, rows, layer.KeyNorm, _config.Epsilon);
        _device.Rope(b.Queries, rows, _config.HeadDim, rope, RopeStyle.Neox);
        _device.Rope(b.Keys, rows, _config.HeadDim, rope, RopeStyle.Neox);
        _device.StoreKeyValue(b.Keys, b.Values, segments, cache);
        _device.Attend(b.Queries, segments, cache, _config.AttentionScale, window, b.Attended);
        _device.MatMul(b.Attended, rows, [new(layer.AttentionOutput, b.Projected)]);
    }

    private void FeedForward(Gemma3Layer layer, Gemma3Buffers b, int rows)
    {
        _device.RmsNorm(b.Hidden, rows, layer.FeedForwardNorm, _config.Epsilon, b.Normed);
        _device.MatMul(b.Normed, rows, [new(layer.Gate, b.Gate), new(layer.Up, b.Up)]);
        _device.GeluMul(b.Gate, b.Up, rows);
        _device.MatMul(b.Gate, rows, [new(layer.Down, b.Projected)]);
    }

    public void Dispose()
    {
        _buffers?.Dispose();
        _output.Dispose();
    }
}
