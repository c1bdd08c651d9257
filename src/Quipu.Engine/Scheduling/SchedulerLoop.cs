using System.Diagnostics;
using Quipu.Models;

namespace Quipu.Engine.Scheduling;

/// <summary>What the scheduler's thread does: fill free slots, plan a pass, run it, hand out its results.</summary>
internal sealed class SchedulerLoop
{
    // Shorter common prefixes are computed twice rather than waited for or kept apart.
    private const int LeastShared = 32;

    private readonly InferenceContext _context;
    private readonly SchedulerOptions _options;
    private readonly RequestQueue _queue;
    private readonly PrefixCache _prefixes;
    private readonly PassPlanner _planner;
    private readonly PassOutputs _outputs;
    private readonly Slot[] _slots;
    private readonly Job?[] _running;

    public SchedulerLoop(InferenceContext context, SchedulerOptions options, RequestQueue queue)
    {
        _context = context;
        _options = options;
        _queue = queue;
        _prefixes = new PrefixCache(context);
        _planner = new PassPlanner(context.MicroBatchSize, options.PromptSlice);
        _outputs = new PassOutputs(context);
        _slots = new Slot[options.Slots];
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new Slot(i);
        _running = new Job?[options.Slots];
    }

    /// <summary>Sums since the start.</summary>
    public Totals Totals { get; } = new();

    /// <summary>The slots. Other threads may look at them, and see each number as it was a moment ago.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>How many prefixes are kept.</summary>
    public int KeptPrefixes => _prefixes.Count;

    /// <summary>Works until the queue closes; then ends all requests and gives all blocks back.</summary>
    public void Run()
    {
        while (!_queue.Closed)
            try
            {
                Turn();
            }
            catch (Exception error)
            {
                // Nobody may wait for ever for a mistake of ours.
                EndAll(error);
            }

        EndAll(new OperationCanceledException("The model was closed."));
        while (_queue.TryTake() is { } waiting)
        {
            waiting.Fail(new OperationCanceledException("The model was closed."));
            _queue.Leave(TimeSpan.Zero);
        }

        _prefixes.Clear();
    }

    private void Turn()
    {
        EndAbandoned();
        FillSlots();
        FollowLeaders();
        if (_planner.Plan(_running))
            RunPass();
        else
            _queue.Wait(HasPaused() ? _options.ReaderTimeout / 8 : Timeout.InfiniteTimeSpan);
    }

    private void EndAll(Exception error)
    {
        foreach (var slot in _slots)
            if (slot.Job is { } job)
                End(slot, job, error);
    }

    private void EndAbandoned()
    {
        foreach (var slot in _slots)
        {
            if (slot.Job is not { } job)
                continue;
            if (job.Abandoned)
                End(slot, job, new OperationCanceledException());
            else if (slot.Paused(!job.IsReady) > _options.ReaderTimeout)
                End(slot, job, new TimeoutException($"The answer was not read for {_options.ReaderTimeout.TotalSeconds:0.#} s, so it was ended."));
        }
    }

    private void FillSlots()
    {
        foreach (var slot in _slots)
        {
            if (slot.Job is not null)
                continue;
            if (_queue.TryTake() is not { } job)
                return;
            try
            {
                Start(job);
                slot.Job = _running[slot.Id] = job;
            }
            catch (Exception error)
            {
                job.Fail(error);
                _queue.Leave(TimeSpan.Zero);
            }
        }
    }

    private void Start(Job job)
    {
        if (!job.UsesPrefixes)
        {
            job.Start(_context.OpenSequence(), keepAt: 0, leader: null);
            return;
        }

        var others = _running.OfType<Job>().Where(other => other != job && other.UsesPrefixes).ToList();
        var sequence = _prefixes.Take(job.Prompt.Span, others.Select(other => other.Sequence!), out int shared);
        var leader = others.Find(other =>
            other is { InPrompt: true, Generated: 0, Leader: null } && Common(other, job) >= Math.Max(sequence.Length, other.Sequence!.Length) + LeastShared);
        job.Start(sequence, keepAt: shared >= sequence.Length + LeastShared ? shared : 0, leader);
    }

    private static int Common(Job leader, Job job) => leader.Prompt.Span.CommonPrefixLength(job.Prompt.Span[..^1]);

    /// <summary>Lets those go on whose leader holds their common prefix by now, or has gone.</summary>
    private void FollowLeaders()
    {
        foreach (var job in _running)
            if (job?.Leader is { } leader && !(leader is { InPrompt: true, Sequence: { } its } && its.Length < Common(leader, job)))
            {
                job.Release()!.Dispose();
                Start(job);
            }
    }

    private void RunPass()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            _prefixes.MakeRoom(_planner.Runs);
            Totals.Evicted(_prefixes.Evicted);
            _context.Forward(_planner.Runs);
        }
        catch (Exception error)
        {
            // Whatever a device reports: nobody's rows were computed, and others may do better.
            foreach (var job in _planner.Jobs)
                End(SlotOf(job), job, error);
            return;
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        _planner.Measure(elapsed);
        Totals.Passed(_planner.Rows, elapsed);
        HandOut();
    }

    private void HandOut()
    {
        _outputs.Begin();
        for (int i = 0; i < _planner.Jobs.Count; i++)
        {
            var job = _planner.Jobs[i];
            var run = _planner.Runs[i];
            int count = run.Tokens.Length;
            try
            {
                job.Advance(count, _outputs);
            }
            catch (Exception error)
            {
                End(SlotOf(job), job, error);
            }

            _outputs.Skip(run.Logits switch { LogitsWanted.Last => 1, LogitsWanted.All => count, _ => 0 }, run.Logits == LogitsWanted.Hidden ? count : 0);
            if (job is { Ended: true, Sequence: not null })
                End(SlotOf(job), job, null);
            else if (job.Sequence is { } sequence && sequence.Length == job.KeepAt)
                _prefixes.Keep(sequence.ForkAt(job.KeepAt));
        }
    }

    /// <summary>Frees a slot. A sequence whose pass or choice failed may hold anything, and is not kept.</summary>
    private void End(Slot slot, Job job, Exception? error)
    {
        if (error is not null)
            job.Fail(error);
        Totals.Ended(job, error);
        var sequence = job.Release();
        slot.Job = _running[slot.Id] = null;
        if (job.UsesPrefixes && (error is null or OperationCanceledException or TimeoutException))
            _prefixes.Keep(sequence!);
        else
            sequence?.Dispose();
        _queue.Leave(Stopwatch.GetElapsedTime(job.Started));
    }

    private Slot SlotOf(Job job) => _slots[Array.IndexOf(_running, job)];

    private bool HasPaused() => Array.Exists(_slots, slot => slot.Job is { IsReady: false });
}
