namespace Quipu.Engine.Scheduling;

/// <summary>Sums that the scheduler's thread keeps. Others read them: the record is replaced as a whole.</summary>
internal sealed class Totals
{
    private volatile SchedulerTotals _current = new();

    /// <summary>The sums by now.</summary>
    public SchedulerTotals Current => _current;

    /// <summary>Counts a pass.</summary>
    public void Passed(int rows, TimeSpan elapsed) => _current = _current with
    {
        Passes = _current.Passes + 1,
        Rows = _current.Rows + rows,
        PassSeconds = _current.PassSeconds + elapsed.TotalSeconds,
    };

    /// <summary>Counts a job that leaves its slot.</summary>
    public void Ended(Job job, Exception? error) => _current = _current with
    {
        Completed = _current.Completed + (error is null ? 1 : 0),
        Cancelled = _current.Cancelled + (error is OperationCanceledException or TimeoutException ? 1 : 0),
        Failed = _current.Failed + (error is null or OperationCanceledException or TimeoutException ? 0 : 1),
        PromptTokens = _current.PromptTokens + job.Prompt.Length,
        CachedTokens = _current.CachedTokens + job.Cached,
        GeneratedTokens = _current.GeneratedTokens + job.Generated,
        QueueSeconds = _current.QueueSeconds + job.QueueTime.TotalSeconds,
        PromptSeconds = _current.PromptSeconds + job.PromptTime.TotalSeconds,
        GenerationSeconds = _current.GenerationSeconds + job.GenerationTime.TotalSeconds,
    };

    /// <summary>Counts prefixes that had to go.</summary>
    public void Evicted(long prefixes)
    {
        if (prefixes != _current.EvictedPrefixes)
            _current = _current with { EvictedPrefixes = prefixes };
    }
}
