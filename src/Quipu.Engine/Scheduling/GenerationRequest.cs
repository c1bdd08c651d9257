namespace Quipu.Engine.Scheduling;

/// <summary>What an <see cref="InferenceScheduler"/> shall generate.</summary>
public sealed record GenerationRequest
{
    /// <summary>Token ids, at least one.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>How to generate.</summary>
    public GenerationOptions Options { get; init; } = new();

    /// <summary>Most likely tokens to report beside each chosen one, 0 to 20; −1: no log probabilities at all.</summary>
    public int TopLogProbs { get; init; } = -1;

    /// <summary>
    /// Report the log probabilities of the prompt's tokens too, in the first step; they count as many alternatives as
    /// <see cref="TopLogProbs"/>. The whole prompt is computed then, whatever the cache holds.
    /// </summary>
    public bool PromptLogProbs { get; init; }

    /// <summary>Use prefixes that the cache holds, and keep this one for later.</summary>
    public bool CachePrompt { get; init; } = true;

    /// <summary>Told after each part of a long prompt, on the scheduler's thread: it must return at once.</summary>
    public IProgress<PromptProgress>? Progress { get; init; }

    /// <summary>A name for <see cref="SchedulerSnapshot"/>.</summary>
    public string? Id { get; init; }

    /// <summary>Most alternatives of <see cref="TopLogProbs"/>.</summary>
    public const int MaxTopLogProbs = 20;
}
