using Quipu.Tensors;

namespace Quipu.Models.Llama;

/// <summary>The activations of a forward pass, made once for the largest batch.</summary>
internal sealed class LlamaBuffers(IDevice device, LlamaConfig config, int maxRows) : IDisposable
{
    public DeviceBuffer Hidden { get; } = device.CreateBuffer(maxRows, config.EmbeddingLength);              // [rows, n_embd]
    public DeviceBuffer Normed { get; } = device.CreateBuffer(maxRows, config.EmbeddingLength);              // [rows, n_embd]
    public DeviceBuffer Queries { get; } = device.CreateBuffer(maxRows, config.Heads * config.HeadDim);      // [rows, n_heads, head_dim]
    public DeviceBuffer Keys { get; } = device.CreateBuffer(maxRows, config.KvHeads * config.HeadDim);       // [rows, n_kv_heads, head_dim]
    public DeviceBuffer Values { get; } = device.CreateBuffer(maxRows, config.KvHeads * config.HeadDim);     // [rows, n_kv_heads, head_dim]
    public DeviceBuffer Attended { get; } = device.CreateBuffer(maxRows, config.Heads * config.HeadDim);     // [rows, n_heads, head_dim]
    public DeviceBuffer Gate { get; } = device.CreateBuffer(maxRows, config.FeedForwardLength);              // [rows, n_ff]
    public DeviceBuffer Up { get; } = device.CreateBuffer(maxRows, config.FeedForwardLength);                // [rows, n_ff]
    public DeviceBuffer Projected { get; } = device.CreateBuffer(maxRows, config.EmbeddingLength);           // [rows, n_embd]
    public DeviceBuffer Rope { get; } = device.CreateBuffer(maxRows, 2 * config.Rope.Angles.Length);         // [rows, pairs, cos sin]

    public void Dispose()
    {
        foreach (var buffer in (DeviceBuffer[])[Hidden, Normed, Queries, Keys, Values, Attended, Gate, Up, Projected, Rope])
            buffer.Dispose();
    }
}
