using Quipu.Tensors;

namespace Quipu.Engine;

/// <summary>How much an <see cref="InferenceContext"/> holds.</summary>
public sealed record ContextOptions
{
    /// <summary>Positions of a sequence; 0: as many as the model was trained for. More than that is cut to it.</summary>
    public int ContextLength { get; init; } = 8192;

    /// <summary>Rows of one forward pass at most; a longer prompt runs in several.</summary>
    public int MicroBatchSize { get; init; } = 512;

    /// <summary>Sequences at once.</summary>
    public int MaxSequences { get; init; } = 1;

    /// <summary>Positions kept behind a sliding window, so that a short rewind need not compute everything again.</summary>
    public int SlidingSlack { get; init; } = 1024;

    /// <summary>Bytes of cache beyond what <see cref="MaxSequences"/> full sequences need: room for prefixes that are kept for later.</summary>
    public long PrefixBytes { get; init; }

    /// <summary>Positions of a cache block.</summary>
    public int BlockLength { get; init; } = 32;

    /// <summary>How keys are stored: F16, or Q8_0 in about half the memory.</summary>
    public TensorType KeyType { get; init; } = TensorType.F16;

    /// <summary>How values are stored.</summary>
    public TensorType ValueType { get; init; } = TensorType.F16;
}
