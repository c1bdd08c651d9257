using Quipu.Tensors;

namespace Quipu.Engine.Scheduling;

/// <summary>How an <see cref="InferenceScheduler"/> shares the model among its users.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Requests that are computed at once.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Requests that may wait for a slot; one more is refused with <see cref="QueueFullException"/>.</summary>
    public int QueueLength { get; init; } = 128;

    /// <summary>Positions of each slot; 0: as many as the model was trained for.</summary>
    public int ContextLength { get; init; } = 8192;

    /// <summary>Rows of one forward pass at most. It must leave each slot a row.</summary>
    public int MicroBatchSize { get; init; } = 512;

    /// <summary>
    /// Bytes of cache beside the slots' own, for prefixes of finished requests. These also use what running requests leave of the slots'
    /// memory; the least recently used go when a running request needs it.
    /// </summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>How keys are stored.</summary>
    public TensorType KeyType { get; init; } = TensorType.F16;

    /// <summary>How values are stored.</summary>
    public TensorType ValueType { get; init; } = TensorType.F16;

    /// <summary>
    /// How long a pass may take for prompts while other requests wait for their next token. Longer prompts run in more and smaller
    /// passes; nothing else depends on it.
    /// </summary>
    public TimeSpan PromptSlice { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Steps that a request may be ahead of its reader; then it pauses.</summary>
    public int StepBuffer { get; init; } = 64;

    /// <summary>How long a request may pause for its reader before it is ended with a <see cref="TimeoutException"/>.</summary>
    public TimeSpan ReaderTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Checks every value against its limits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Slots, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(QueueLength);
        ArgumentOutOfRangeException.ThrowIfNegative(ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(MicroBatchSize, Slots);
        ArgumentOutOfRangeException.ThrowIfNegative(CacheBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PromptSlice, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepBuffer, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReaderTimeout, TimeSpan.Zero);
    }
}
