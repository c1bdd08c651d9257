using System.Diagnostics;
using System.Runtime.CompilerServices;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Tokenizers;

namespace Quipu.Cli.Chat;

/// <summary>The engine as the chat sees it beside the server: one user of a scheduler among others.</summary>
/// <param name="scheduler">Who computes.</param>
/// <param name="options">How answers are generated.</param>
internal sealed class SchedulerChatModel(InferenceScheduler scheduler, GenerationOptions options) : IChatModel
{
    private const string RequestId = "terminal";
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public bool IsBaseModel => scheduler.Model.IsBaseModel;

    /// <inheritdoc/>
    public int ContextLength => scheduler.ContextLength;

    /// <inheritdoc/>
    public int TrainedContextLength => scheduler.Model.TrainedContextLength;

    /// <inheritdoc/>
    public long CacheBytes => scheduler.Snapshot().CacheBytes;

    /// <inheritdoc/>
    public long ActivationBytes => scheduler.ActivationBytes;

    /// <inheritdoc/>
    public Tokenizer Tokenizer => scheduler.Model.Tokenizer;

    /// <inheritdoc/>
    public GenerationStatistics Statistics { get; private set; } = new();

    /// <inheritdoc/>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) => scheduler.Model.RenderChat(messages, addGenerationPrompt);

    /// <inheritdoc/>
    public IAsyncEnumerable<GeneratedText> GenerateAsync(
        ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken) =>
        GenerateAsync(prompt, options, progress, cancellationToken);

    /// <inheritdoc/>
    public async Task PrepareAsync(ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken)
    {
        await foreach (var step in GenerateAsync(prompt, options with { MaxTokens = 0 }, progress, cancellationToken).ConfigureAwait(false))
            if (step.Finish != FinishReason.None)
                return;
    }

    private async IAsyncEnumerable<GeneratedText> GenerateAsync(
        ReadOnlyMemory<int> prompt, GenerationOptions how, IProgress<PromptProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new GenerationRequest { Prompt = prompt, Options = how, Id = RequestId };
        long start = Stopwatch.GetTimestamp();
        Statistics = new GenerationStatistics { PromptTokens = prompt.Length };
        await using var steps = scheduler.GenerateAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var first = steps.MoveNextAsync().AsTask();
        while (progress is not null && await Task.WhenAny(first, Task.Delay(ProgressInterval, CancellationToken.None)).ConfigureAwait(false) != first)
            Report(progress);
        bool more = await first.ConfigureAwait(false);
        var prompted = Stopwatch.GetElapsedTime(start);
        for (; more; more = await steps.MoveNextAsync().ConfigureAwait(false))
        {
            var step = steps.Current;
            // An answer that is interrupted has no last step to tell what it took.
            Statistics = step.Statistics ?? Statistics with
            {
                PromptTime = prompted,
                GeneratedTokens = Statistics.GeneratedTokens + 1,
                GenerationTime = Stopwatch.GetElapsedTime(start) - prompted,
            };
            yield return new GeneratedText(step.Token, step.Text, step.Finish);
        }
    }

    private void Report(IProgress<PromptProgress> progress)
    {
        foreach (var slot in scheduler.Snapshot().Slots)
            if (slot.RequestId == RequestId)
                progress.Report(new PromptProgress(slot.PromptDone, slot.PromptTokens, slot.CachedTokens));
    }
}
