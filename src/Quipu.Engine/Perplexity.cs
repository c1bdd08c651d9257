using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Quipu.Models;

namespace Quipu.Engine;

/// <summary>
/// How well a model predicts a text, measured as llama.cpp does: the text is cut into chunks of the context's length that do not
/// overlap, the first token of each is replaced by BOS where the vocabulary adds one, and the second half of each is scored.
/// </summary>
/// <param name="context">Where it runs; its length is a chunk's.</param>
public sealed class Perplexity(InferenceContext context)
{
    private const int ShortestChunk = 4;

    private readonly float[] _logits = new float[context.Model.Model.Shape.VocabularySize];

    /// <summary>How many chunks a text has, at most <paramref name="limit"/> if that is not negative.</summary>
    /// <exception cref="ContextFullException">The text has less than one chunk, or the context is too short to be one.</exception>
    public int CountChunks(int tokens, int limit)
    {
        if (context.ContextLength < ShortestChunk)
            throw new ContextFullException($"A chunk needs at least {ShortestChunk} tokens, but the context holds {context.ContextLength}.");
        int chunks = tokens / context.ContextLength;
        if (chunks == 0)
            throw new ContextFullException($"The text has {tokens} tokens, but one chunk needs {context.ContextLength}. Take shorter chunks.");
        return limit < 0 ? chunks : Math.Min(chunks, limit);
    }

    /// <summary>Measures the first chunks of a text.</summary>
    /// <param name="tokens">The whole text, encoded once, with BOS where the vocabulary adds one.</param>
    /// <param name="chunks">How many; see <see cref="CountChunks"/>.</param>
    /// <param name="report">Told after each chunk.</param>
    /// <param name="cancellationToken">Ends it within one pass.</param>
    /// <exception cref="ArgumentOutOfRangeException">The text does not have so many chunks.</exception>
    public PerplexityResult Measure(
        ReadOnlyMemory<int> tokens, int chunks, Action<PerplexityChunk>? report = null, CancellationToken cancellationToken = default)
    {
        int length = context.ContextLength;
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)chunks * length, tokens.Length, nameof(chunks));
        var tokenizer = context.Model.Tokenizer;
        using var sequence = context.CreateSequence();
        double[] chunkNll = new double[chunks];
        int[] chunk = new int[length];
        int right = 0;
        double sum = 0;
        for (int i = 0; i < chunks; i++)
        {
            tokens.Span.Slice(i * length, length).CopyTo(chunk);
            if (tokenizer is { AddBos: true, Bos: { } bos })
                chunk[0] = bos;
            var score = Score(sequence, chunk, cancellationToken);
            chunkNll[i] = score.Nll / Scored(length);
            right += score.Right;
            sum += score.Nll;
            report?.Invoke(new PerplexityChunk(i + 1, chunkNll[i], Math.Exp(sum / ((long)(i + 1) * Scored(length)))));
        }
        long scored = (long)chunks * Scored(length);
        return new PerplexityResult(tokens.Length, length, sum / scored, (double)right / scored, ImmutableCollectionsMarshal.AsImmutableArray(chunkNll));
    }

    // Position n/2 is the first whose prediction counts, n − 2 the last that has a next token.
    private static int Scored(int length) => length - 1 - length / 2;

    private (double Nll, int Right) Score(Sequence sequence, ReadOnlyMemory<int> chunk, CancellationToken cancellationToken)
    {
        sequence.Truncate(0);
        int first = chunk.Length / 2;
        double nll = 0;
        int right = 0;
        for (int done = 0; done < chunk.Length - 1;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = done < first ? first : chunk.Length - 1;
            int count = Math.Min(context.MicroBatchSize, end - done);
            context.Forward([new SequenceRun(sequence, chunk.Slice(done, count), done < first ? LogitsWanted.None : LogitsWanted.All)]);
            for (int row = 0; done >= first && row < count; row++)
            {
                context.ReadLogits(row, _logits);
                int next = chunk.Span[done + row + 1];
                nll += NegativeLogProbability(_logits, next, out bool isBest);
                right += isBest ? 1 : 0;
            }
            done += count;
        }
        return (nll, right);
    }

    /// <summary>−ln softmax(logits)[token], and whether no token is more likely.</summary>
    internal static double NegativeLogProbability(ReadOnlySpan<float> logits, int token, out bool isBest)
    {
        float best = float.NegativeInfinity;
        foreach (float logit in logits)
            best = MathF.Max(best, logit);
        isBest = logits[token] == best;
        // Sums of single vectors are added up in double: a float would lose the tail of a large vocabulary.
        var maximum = new Vector<float>(best);
        double sum = 0;
        int i = 0;
        for (; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += Vector.Sum(Vector.Exp(new Vector<float>(logits[i..]) - maximum));
        for (; i < logits.Length; i++)
            sum += Math.Exp((double)logits[i] - best);
        return Math.Log(sum) + best - logits[token];
    }
}

/// <summary>One chunk's result.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="MeanNll">Mean negative log-likelihood of its second half.</param>
/// <param name="RunningPerplexity">Perplexity of all chunks so far.</param>
public readonly record struct PerplexityChunk(int Number, double MeanNll, double RunningPerplexity);

/// <summary>How well a model predicts a text.</summary>
/// <param name="TokensInText">Tokens of the whole text.</param>
/// <param name="ChunkLength">Tokens of a chunk.</param>
/// <param name="MeanNll">Mean negative log-likelihood of the scored tokens, in nats.</param>
/// <param name="Top1Accuracy">Share of scored tokens that were the most likely one.</param>
/// <param name="ChunkNll">Mean negative log-likelihood of each chunk.</param>
public sealed record PerplexityResult(
    int TokensInText, int ChunkLength, double MeanNll, double Top1Accuracy, ImmutableArray<double> ChunkNll)
{
    /// <summary>e to the mean negative log-likelihood.</summary>
    public double Perplexity => Math.Exp(MeanNll);
}
