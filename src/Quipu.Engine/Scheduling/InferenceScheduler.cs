using System.Runtime.CompilerServices;
using Quipu.Engine.Sampling;
using Quipu.Tensors;

namespace Quipu.Engine.Scheduling;

/// <summary>
/// One model for many users. A thread of its own runs forward passes that take a row of every answer in progress and parts of the prompts
/// that wait (continuous batching), so that nobody waits for somebody's long prompt. What a request gets does not depend on what runs
/// beside it. Prefixes of earlier requests are kept and not computed again. Safe for use by any number of threads.
/// </summary>
public sealed class InferenceScheduler : IAsyncDisposable
{
    private readonly SchedulerOptions _options;
    private readonly InferenceContext _context;
    private readonly RequestQueue _queue;
    private readonly SchedulerLoop _loop;
    private readonly Candidates _candidates = new(); // of the loop's thread
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes the cache and starts the thread. The model runs nowhere else from now on.</summary>
    /// <param name="model">The model; it must live longer than the scheduler.</param>
    /// <param name="device">The device that the model was loaded onto.</param>
    /// <param name="options">How to share it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public InferenceScheduler(LanguageModel model, IDevice device, SchedulerOptions options)
    {
        options.Validate();
        _options = options;
        _context = new InferenceContext(model, device, new ContextOptions
        {
            ContextLength = options.ContextLength,
            MicroBatchSize = options.MicroBatchSize,
            MaxSequences = options.Slots,
            PrefixBytes = options.CacheBytes,
            KeyType = options.KeyType,
            ValueType = options.ValueType,
        });
        _queue = new RequestQueue(options.Slots, options.QueueLength);
        _loop = new SchedulerLoop(_context, options, _queue);
        new Thread(Run) { IsBackground = true, Name = "Quipu scheduler" }.Start();
    }

    /// <summary>The model.</summary>
    public LanguageModel Model => _context.Model;

    /// <summary>Positions of a request at most, prompt and answer together.</summary>
    public int ContextLength => _context.ContextLength;

    /// <summary>Bytes that the device holds now for the activations of a pass.</summary>
    public long ActivationBytes => _context.ActivationBytes;

    /// <summary>Requests that are computed at once.</summary>
    public int Slots => _options.Slots;

    /// <summary>What runs, what waits, and the sums since the start.</summary>
    public SchedulerSnapshot Snapshot() => new()
    {
        Slots = [.. _loop.Slots.Select(slot => slot.Snapshot())],
        Waiting = _queue.Waiting,
        QueueLength = _options.QueueLength,
        CacheUsedBytes = _context.UsedCacheBytes,
        CacheBytes = _context.CacheBytes,
        KeptPrefixes = _loop.KeptPrefixes,
        Totals = Totals(_loop.Totals.Current),
    };

    /// <summary>
    /// Generates. The last step carries the reason of the end and the statistics. Errors come with the first step: nothing happens before
    /// it is asked for.
    /// </summary>
    /// <param name="request">What to generate.</param>
    /// <param name="cancellationToken">Ends the request within one pass, and so does leaving the enumeration.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or a token or an option is out of its range.</exception>
    /// <exception cref="ContextFullException">The prompt does not leave room for a single token.</exception>
    /// <exception cref="SamplingOptionsException">A sampling option is out of range.</exception>
    /// <exception cref="QueueFullException">Too many requests wait already.</exception>
    /// <exception cref="InvalidLogitsException">No token can be chosen.</exception>
    /// <exception cref="TimeoutException">The reader was slower than <see cref="SchedulerOptions.ReaderTimeout"/>.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler was closed.</exception>
    public async IAsyncEnumerable<GenerationStep> GenerateAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = new GenerationJob(Model, ContextLength, request, _candidates, _options.StepBuffer);
        _queue.Add(job);
        try
        {
            while (await job.Steps.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                while (job.TryRead(out var step, out bool paused))
                {
                    if (paused)
                        _queue.Wake();
                    yield return step;
                    cancellationToken.ThrowIfCancellationRequested();
                }
        }
        finally
        {
            _queue.Abandon(job);
        }
    }

    /// <summary>The pooled final hidden state of a text; not normalised.</summary>
    /// <param name="tokens">Token ids, at least one and at most <see cref="ContextLength"/>.</param>
    /// <param name="pooling">How the tokens' states become one.</param>
    /// <param name="cancellationToken">Ends the request within one pass.</param>
    /// <returns>[n_embd]</returns>
    /// <exception cref="ArgumentException">There is no token, or one is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">The text is longer than the context.</exception>
    /// <exception cref="QueueFullException">Too many requests wait already.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler was closed.</exception>
    public async Task<float[]> EmbedAsync(ReadOnlyMemory<int> tokens, EmbeddingPooling pooling, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = new EmbeddingJob(Model, ContextLength, tokens, pooling);
        _queue.Add(job);
        try
        {
            return await job.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _queue.Abandon(job);
        }
    }

    /// <summary>Ends all requests with an <see cref="OperationCanceledException"/>, stops the thread and frees the cache.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task.ConfigureAwait(false);
    }

    private SchedulerTotals Totals(SchedulerTotals ofLoop) => ofLoop with { Refused = _queue.Refused, Cancelled = ofLoop.Cancelled + _queue.Left };

    private void Run()
    {
        try
        {
            _loop.Run();
        }
        finally
        {
            _context.Dispose();
            _ended.SetResult();
        }
    }
}
