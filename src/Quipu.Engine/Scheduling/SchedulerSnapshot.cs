using System.Collections.Immutable;

namespace Quipu.Engine.Scheduling;

/// <summary>What a scheduler does at a moment, and what it has done since its start.</summary>
public sealed record SchedulerSnapshot
{
    /// <summary>The slots.</summary>
    public required ImmutableArray<SlotSnapshot> Slots { get; init; }

    /// <summary>Requests that wait for a slot.</summary>
    public required int Waiting { get; init; }

    /// <summary>Most requests that may wait.</summary>
    public required int QueueLength { get; init; }

    /// <summary>Bytes of the key/value cache that running requests and kept prefixes hold.</summary>
    public required long CacheUsedBytes { get; init; }

    /// <summary>Bytes that they can hold.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Prefixes of finished requests that are kept.</summary>
    public required int KeptPrefixes { get; init; }

    /// <summary>Sums since the start.</summary>
    public required SchedulerTotals Totals { get; init; }
}

/// <summary>Sums since a scheduler's start.</summary>
public sealed record SchedulerTotals
{
    /// <summary>Requests that ended well.</summary>
    public long Completed { get; init; }

    /// <summary>Requests whose reader went away or was too slow.</summary>
    public long Cancelled { get; init; }

    /// <summary>Requests that ended with an error.</summary>
    public long Failed { get; init; }

    /// <summary>Requests that were refused because the queue was full.</summary>
    public long Refused { get; init; }

    /// <summary>Tokens of the prompts of requests that have ended, cached ones included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Of these, tokens that were in the cache already.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens generated for requests that have ended.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Forward passes.</summary>
    public long Passes { get; init; }

    /// <summary>Rows of them: tokens computed.</summary>
    public long Rows { get; init; }

    /// <summary>Seconds that requests waited for a slot.</summary>
    public double QueueSeconds { get; init; }

    /// <summary>Seconds from getting a slot to the first token, over all requests.</summary>
    public double PromptSeconds { get; init; }

    /// <summary>Seconds from the first token to the last, over all requests.</summary>
    public double GenerationSeconds { get; init; }

    /// <summary>Seconds of the passes.</summary>
    public double PassSeconds { get; init; }

    /// <summary>Prefixes that were dropped because their memory was needed.</summary>
    public long EvictedPrefixes { get; init; }
}

/// <summary>What a slot does.</summary>
public enum SlotState
{
    /// <summary>Nothing.</summary>
    Idle,
    /// <summary>It computes a prompt.</summary>
    Prompt,
    /// <summary>It generates.</summary>
    Generating,
    /// <summary>It waits for its reader.</summary>
    Paused,
}

/// <summary>One slot of a scheduler.</summary>
/// <param name="Id">Its number, from 0.</param>
/// <param name="State">What it does.</param>
/// <param name="RequestId">The request's name.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CachedTokens">Of these, tokens that were in the cache already.</param>
/// <param name="PromptDone">Tokens of the prompt that are in the cache by now.</param>
/// <param name="GeneratedTokens">Tokens generated.</param>
/// <param name="Length">Tokens in the cache.</param>
public readonly record struct SlotSnapshot(
    int Id, SlotState State, string? RequestId, int PromptTokens, int CachedTokens, int PromptDone, int GeneratedTokens, int Length);
