using System.Diagnostics;
using System.Runtime.CompilerServices;
using Quipu.Models;

namespace Quipu.Engine;

/// <summary>The generate loop of one sequence: prompt in, pieces of text out. Not thread-safe.</summary>
/// <param name="context">Where it runs.</param>
/// <param name="sequence">What the cache already holds of it; a common prefix with the next prompt is not computed again.</param>
public sealed class TextGenerator(InferenceContext context, Sequence sequence)
{
    private readonly float[] _logits = new float[context.Model.Model.Shape.VocabularySize];

    /// <summary>What the last generation cost; complete when it has ended.</summary>
    public GenerationStatistics Statistics { get; private set; } = new();

    /// <summary>
    /// Runs the prompt and generates. The last step carries the reason of the end. The computation runs on the thread pool, so that the
    /// caller's thread stays free.
    /// </summary>
    /// <param name="prompt">Token ids, at least one.</param>
    /// <param name="options">How to generate.</param>
    /// <param name="progress">Told at the start, and after each part of a long prompt.</param>
    /// <param name="cancellationToken">Ends the generation within one step; what was computed stays in the sequence.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="ContextFullException">The prompt does not leave room for a single token.</exception>
    /// <exception cref="Sampling.SamplingOptionsException">A sampling option is out of range.</exception>
    public async IAsyncEnumerable<GeneratedText> GenerateAsync(ReadOnlyMemory<int> prompt, GenerationOptions options,
        IProgress<PromptProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var generation = new Generation(context.Model, context.ContextLength, prompt.Span, options);
        Statistics = new GenerationStatistics { PromptTokens = prompt.Length };
        await Task.Run(() => RunPrompt(prompt, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (options.MaxTokens == 0)
        {
            yield return new GeneratedText(-1, "", FinishReason.MaxTokens);
            yield break;
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = generation.Choose(_logits, sequence.Length);
            Statistics = Statistics with { GeneratedTokens = generation.Generated, SamplingTime = generation.SamplingTime };
            yield return step;
            if (step.Finish != FinishReason.None)
                yield break;
            await Task.Run(() => RunNext(generation, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private void RunPrompt(ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        int reused = sequence.KeepCommonPrefix(prompt.Span, prompt.Length - 1);
        Statistics = Statistics with { ReusedTokens = reused };
        progress?.Report(new PromptProgress(reused, prompt.Length, reused));
        RunTokens(prompt[reused..], done => progress?.Report(new PromptProgress(reused + done, prompt.Length, reused)), cancellationToken);
        Statistics = Statistics with { PromptTime = clock.Elapsed };
    }

    private void RunNext(Generation generation, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        RunTokens(generation.Next(sequence), progress: null, cancellationToken);
        Statistics = Statistics with { GenerationTime = Statistics.GenerationTime + Stopwatch.GetElapsedTime(start) };
    }

    /// <summary>Appends tokens to the sequence, in passes of the micro-batch size, and reads the logits of the last.</summary>
    private void RunTokens(ReadOnlyMemory<int> tokens, Action<int>? progress, CancellationToken cancellationToken)
    {
        for (int done = 0; done < tokens.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(context.MicroBatchSize, tokens.Length - done);
            var logits = done + count == tokens.Length ? LogitsWanted.Last : LogitsWanted.None;
            context.Forward([new SequenceRun(sequence, tokens.Slice(done, count), logits)]);
            done += count;
            progress?.Invoke(done);
        }

        context.ReadLogits(0, _logits);
    }
}
