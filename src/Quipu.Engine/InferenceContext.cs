using Quipu.Engine.Cache;
using Quipu.Models;
using Quipu.Tensors;

namespace Quipu.Engine;

/// <summary>
/// Where a model runs: its key/value cache and the buffers of a pass. Holds any number of sequences up to
/// <see cref="ContextOptions.MaxSequences"/>. One forward pass at a time.
/// </summary>
public sealed class InferenceContext : IDisposable
{
    private readonly IModel _model;
    private readonly IDevice _device;
    private readonly DeviceCache[] _caches; // [n_layers]
    private readonly BlockPool _fullPool;
    private readonly BlockPool _slidingPool;
    private readonly int _window;
    private readonly ContextOptions _options;
    private readonly HashSet<Sequence> _sequences = [];
    private readonly Batch _batch = new();

    /// <summary>Makes the cache and the buffers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device that the model was loaded onto.</param>
    /// <param name="options">How much to hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotSupportedException">The device has no cache of the types asked for.</exception>
    public InferenceContext(LanguageModel model, IDevice device, ContextOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MicroBatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.SlidingSlack);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BlockLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.PrefixBytes);
        Model = model;
        _model = model.Model;
        _device = device;
        var shape = _model.Shape;
        ContextLength = options.ContextLength == 0 ? shape.ContextLength : Math.Min(options.ContextLength, shape.ContextLength);
        _options = options with { MicroBatchSize = Math.Min(options.MicroBatchSize, ContextLength) };
        int fullLayers = 0;
        foreach (int window in shape.LayerWindows)
        {
            _window = Math.Max(_window, window);
            if (window == 0)
                fullLayers++;
        }

        int fullBlocks = BlocksOf(ContextLength);
        // Without sliding layers their pool only keeps count, and must never run out before the other.
        int slidingBlocks = _window == 0
            ? fullBlocks
            : Math.Min(fullBlocks, BlocksOf(_window + _options.SlidingSlack + _options.MicroBatchSize) + 1);
        long sequenceBytes = ((long)fullLayers * fullBlocks + (long)(shape.Layers - fullLayers) * slidingBlocks) * BlockBytes();
        double sequences = _options.MaxSequences + (double)_options.PrefixBytes / sequenceBytes;
        int fullTotal = checked((int)(sequences * fullBlocks)), slidingTotal = checked((int)(sequences * slidingBlocks));
        _caches = new DeviceCache[shape.Layers];
        for (int i = 0; i < _caches.Length; i++)
        {
            int blocks = shape.LayerWindows[i] == 0 ? fullTotal : slidingTotal;
            _caches[i] = device.CreateCache(CacheOf(blocks));
        }

        _fullPool = new BlockPool(device, CachesWhere(window => window == 0), fullTotal, _options.BlockLength);
        _slidingPool = new BlockPool(device, CachesWhere(window => window != 0), slidingTotal, _options.BlockLength);
        _model.Reserve(_options.MicroBatchSize);

        CacheShape CacheOf(int blocks) =>
            new(blocks, _options.BlockLength, shape.KvHeads, shape.HeadDim, _options.KeyType, _options.ValueType);
        int BlocksOf(int positions) => (positions + _options.BlockLength - 1) / _options.BlockLength;
        // A device tells the bytes of a block only of a cache that exists: one of a single block is made for it.
        long BlockBytes()
        {
            using var cache = device.CreateCache(CacheOf(1));
            return cache.ByteLength;
        }

        DeviceCache[] CachesWhere(Func<int, bool> match) => [.. _caches.Where((_, i) => match(shape.LayerWindows[i]))];
    }

    /// <summary>The model that runs here.</summary>
    public LanguageModel Model { get; }

    /// <summary>Positions of a sequence at most.</summary>
    public int ContextLength { get; }

    /// <summary>Rows of one forward pass at most.</summary>
    public int MicroBatchSize => _options.MicroBatchSize;

    /// <summary>Bytes of the cache, when full.</summary>
    public long CacheBytes => _caches.Sum(cache => cache.ByteLength);

    /// <summary>Bytes of the cache that sequences hold now; a block that several share counts once.</summary>
    public long UsedCacheBytes => _caches.Sum(cache => cache.ByteLength / cache.Shape.Blocks * PoolOf(cache).UsedBlocks);

    /// <summary>Bytes that the device holds now for the activations of a pass.</summary>
    public long ActivationBytes => _device.WorkingBytes;

    /// <summary>Makes an empty sequence.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="ContextOptions.MaxSequences"/> already.</exception>
    public Sequence CreateSequence()
    {
        if (_sequences.Count == _options.MaxSequences)
            throw new InvalidOperationException($"The context was made for {_options.MaxSequences} sequences, and all are in use.");
        return OpenSequence();
    }

    /// <summary>Makes an empty sequence that may be one more than <see cref="ContextOptions.MaxSequences"/>: who does so minds the blocks.</summary>
    internal Sequence OpenSequence()
    {
        var sequence = new Sequence(this, new BlockTable(_fullPool, 0, 0), new BlockTable(_slidingPool, _window, _options.SlidingSlack));
        _sequences.Add(sequence);
        return sequence;
    }

    /// <summary>
    /// Runs rows of any number of sequences through the model and appends them to their sequences. Logits of the rows that asked can
    /// be read until the next pass, counted in the order of the runs.
    /// </summary>
    /// <exception cref="ArgumentException">There are no rows, too many, or a token that the vocabulary does not have.</exception>
    /// <exception cref="ContextFullException">A sequence would grow beyond the context.</exception>
    public void Forward(ReadOnlySpan<SequenceRun> runs)
    {
        Validate(runs);
        _batch.Clear();
        bool done = false;
        try
        {
            foreach (var run in runs)
                _batch.Add(run.Tokens.Span, run.Sequence.Length, run.Sequence.Extend(run.Tokens.Length), run.Logits);
            _model.Forward(_batch, _caches);
            done = true;
        }
        finally
        {
            foreach (var run in runs)
                if (done)
                    run.Sequence.Commit(run.Tokens.Span);
                else
                    run.Sequence.CancelExtend();
        }
    }

    /// <summary>Logits of the <paramref name="index"/>-th row that asked in the last pass.</summary>
    /// <param name="index">Counts the rows that asked.</param>
    /// <param name="logits">[vocabulary]</param>
    public void ReadLogits(int index, Span<float> logits) => _model.ReadLogits(index, logits);

    /// <summary>The hidden state of the <paramref name="index"/>-th row that asked for it in the last pass.</summary>
    /// <param name="index">Counts the rows that asked.</param>
    /// <param name="hidden">[n_embd]</param>
    public void ReadHidden(int index, Span<float> hidden) => _model.ReadHidden(index, hidden);

    /// <summary>Whether there are blocks enough to append these runs.</summary>
    internal bool HasRoom(ReadOnlySpan<SequenceRun> runs)
    {
        int full = 0, sliding = 0;
        foreach (var run in runs)
        {
            (int moreFull, int moreSliding) = run.Sequence.BlocksFor(run.Tokens.Length);
            full += moreFull;
            sliding += moreSliding;
        }

        return full <= _fullPool.FreeBlocks && sliding <= _slidingPool.FreeBlocks;
    }

    private BlockPool PoolOf(DeviceCache cache) =>
        _model.Shape.LayerWindows[Array.IndexOf(_caches, cache)] == 0 ? _fullPool : _slidingPool;

    internal void Forget(Sequence sequence) => _sequences.Remove(sequence);

    private void Validate(ReadOnlySpan<SequenceRun> runs)
    {
        int rows = 0;
        foreach (var run in runs)
        {
            if (run.Sequence.Context != this || run.Tokens.IsEmpty)
                throw new ArgumentException("Each run needs at least one token and a sequence of this context.", nameof(runs));
            rows += run.Tokens.Length;
            if (run.Sequence.Length + run.Tokens.Length > ContextLength)
                throw new ContextFullException(
                    $"The sequence would hold {run.Sequence.Length + run.Tokens.Length} tokens, but the context has {ContextLength}.");
            Model.RequireTokens(run.Tokens.Span);
        }

        if (rows == 0 || rows > MicroBatchSize)
            throw new ArgumentException($"A pass has 1 to {MicroBatchSize} rows, not {rows}.", nameof(runs));
    }

    /// <summary>Frees the cache.</summary>
    public void Dispose()
    {
        foreach (var cache in _caches)
            cache.Dispose();
    }
}

/// <summary>Tokens that continue a sequence in one forward pass.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Tokens">Its next tokens.</param>
/// <param name="Logits">Which of them want logits.</param>
public readonly record struct SequenceRun(Sequence Sequence, ReadOnlyMemory<int> Tokens, LogitsWanted Logits);
