using System.Diagnostics;

namespace Quipu.Engine.Scheduling;

/// <summary>A place for a running job.</summary>
internal sealed class Slot(int id)
{
    private long _pausedSince;
    private volatile Job? _job;

    /// <summary>Its number, from 0.</summary>
    public int Id { get; } = id;

    /// <summary>The job that runs in it.</summary>
    public Job? Job
    {
        get => _job;
        set => (_job, _pausedSince) = (value, 0);
    }

    /// <summary>How long the job has been waiting for its reader.</summary>
    public TimeSpan Paused(bool paused)
    {
        if (!paused)
            _pausedSince = 0;
        else if (_pausedSince == 0)
            _pausedSince = Stopwatch.GetTimestamp();
        return paused ? Stopwatch.GetElapsedTime(_pausedSince) : TimeSpan.Zero;
    }

    /// <summary>What it does, for other threads.</summary>
    public SlotSnapshot Snapshot()
    {
        if (_job is not { } job)
            return new SlotSnapshot(Id, SlotState.Idle, null, 0, 0, 0, 0, 0);
        var state = !job.IsReady ? SlotState.Paused : job.InPrompt ? SlotState.Prompt : SlotState.Generating;
        int length = job.Sequence?.Length ?? 0;
        return new SlotSnapshot(Id, state, job.Id, job.Prompt.Length, job.Cached, Math.Min(length, job.Prompt.Length), job.Generated, length);
    }
}
