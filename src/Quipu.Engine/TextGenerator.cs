using System.Diagnostics;
using System.Runtime.CompilerServices;
using Quipu.Engine.Sampling;
using Quipu.Models;
using Quipu.Tokenizers;

namespace Quipu.Engine;

/// <summary>The generate loop of one sequence: prompt in, pieces of text out. Not thread-safe.</summary>
/// <param name="context">Where it runs.</param>
/// <param name="sequence">What the cache already holds of it; a common prefix with the next prompt is not computed again.</param>
public sealed class TextGenerator(InferenceContext context, Sequence sequence)
{
    private readonly float[] _logits = new float[context.Model.Model.Shape.VocabularySize];
    private readonly int[] _next = new int[1];

    /// <summary>What the last generation cost; complete when it has ended.</summary>
    public GenerationStatistics Statistics { get; private set; } = new();

    /// <summary>
    /// Runs the prompt and generates. The last step carries the reason of the end. The computation runs on the thread pool, so that the
    /// caller's thread stays free.
    /// </summary>
    /// <param name="prompt">Token ids, at least one.</param>
    /// <param name="options">How to generate.</param>
    /// <param name="progress">Told after each part of a long prompt.</param>
    /// <param name="cancellationToken">Ends the generation within one step; what was computed stays in the sequence.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="ContextFullException">The prompt does not leave room for a single token.</exception>
    /// <exception cref="SamplingOptionsException">A sampling option is out of range.</exception>
    public async IAsyncEnumerable<GeneratedText> GenerateAsync(ReadOnlyMemory<int> prompt, GenerationOptions options,
        IProgress<PromptProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var sampler = CreateSampler(prompt.Span, options);
        await Task.Run(() => RunPrompt(prompt, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        var text = new OutputText(context.Model.Tokenizer, options);
        if (options.MaxTokens == 0)
        {
            yield return new GeneratedText(-1, "", FinishReason.MaxTokens);
            yield break;
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int token = Choose(sampler);
            var step = text.Append(token, Statistics.GeneratedTokens, sequence.Length >= context.ContextLength);
            yield return step;
            if (step.Finish != FinishReason.None)
                yield break;
            await Task.Run(() => RunToken(token), cancellationToken).ConfigureAwait(false);
        }
    }

    private SamplerChain CreateSampler(ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        if (prompt.IsEmpty)
            throw new ArgumentException("The prompt is empty: there is nothing to continue.", nameof(prompt));
        if (prompt.Length >= context.ContextLength)
            throw new ContextFullException($"The prompt has {prompt.Length} tokens, but the context holds {context.ContextLength}, and one must stay free.");
        var sampling = options.Sampling;
        if (options.IgnoreEndOfGeneration)
            sampling = sampling with
            {
                LogitBias = sampling.LogitBias.SetItems(
                    context.Model.Tokenizer.EndOfGeneration.Select(id => KeyValuePair.Create(id, float.NegativeInfinity))),
            };
        var sampler = SamplerChain.Create(sampling, context.Model.Tokenizer, context.ContextLength);
        foreach (int token in prompt)
            sampler.Accept(token);
        return sampler;
    }

    /// <summary>Brings the prompt into the cache, in passes of the micro-batch size; at least its last token runs, for its logits.</summary>
    private void RunPrompt(ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        int reused = sequence.KeepCommonPrefix(prompt.Span, prompt.Length - 1);
        Statistics = new GenerationStatistics { PromptTokens = prompt.Length, ReusedTokens = reused };
        for (int done = reused; done < prompt.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(context.MicroBatchSize, prompt.Length - done);
            var logits = done + count == prompt.Length ? LogitsWanted.Last : LogitsWanted.None;
            context.Forward([new SequenceRun(sequence, prompt.Slice(done, count), logits)]);
            done += count;
            progress?.Report(new PromptProgress(done, prompt.Length, reused));
        }

        context.ReadLogits(0, _logits);
        Statistics = Statistics with { PromptTime = clock.Elapsed };
    }

    private int Choose(SamplerChain sampler)
    {
        long start = Stopwatch.GetTimestamp();
        int token = sampler.Sample(_logits);
        sampler.Accept(token);
        Statistics = Statistics with
        {
            GeneratedTokens = Statistics.GeneratedTokens + 1,
            SamplingTime = Statistics.SamplingTime + Stopwatch.GetElapsedTime(start),
        };
        return token;
    }

    private void RunToken(int token)
    {
        long start = Stopwatch.GetTimestamp();
        _next[0] = token;
        context.Forward([new SequenceRun(sequence, _next, LogitsWanted.Last)]);
        context.ReadLogits(0, _logits);
        Statistics = Statistics with { GenerationTime = Statistics.GenerationTime + Stopwatch.GetElapsedTime(start) };
    }

    /// <summary>From tokens to certain text, and when to end.</summary>
    private sealed class OutputText(Tokenizer tokenizer, GenerationOptions options)
    {
        private readonly StreamingDetokenizer _detokenizer = new(tokenizer, options.RenderSpecial);
        private readonly StopStringMatcher _stops = new(options.StopStrings);

        public GeneratedText Append(int token, int generated, bool contextFull)
        {
            bool ended = tokenizer.EndOfGeneration.Contains(token);
            string text = _stops.Append(ended && !options.RenderSpecial ? "" : _detokenizer.Append(token), out bool stopped);
            if (stopped)
                return new GeneratedText(token, text, FinishReason.StopString);
            var finish = ended ? FinishReason.EndOfGeneration
                : options.MaxTokens >= 0 && generated >= options.MaxTokens ? FinishReason.MaxTokens
                : contextFull ? FinishReason.ContextFull
                : FinishReason.None;
            if (finish == FinishReason.None)
                return new GeneratedText(token, text, finish);
            text += _stops.Append(_detokenizer.Flush(), out stopped);
            return stopped
                ? new GeneratedText(token, text, FinishReason.StopString)
                : new GeneratedText(token, text + _stops.Flush(), finish);
        }
    }
}
