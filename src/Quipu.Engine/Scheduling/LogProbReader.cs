using System.Collections.Immutable;
using Quipu.Engine.Sampling;
using Quipu.Tokenizers;

namespace Quipu.Engine.Scheduling;

/// <summary>Log probabilities from logits, before any sampler.</summary>
internal static class LogProbReader
{
    /// <summary>Reads a token's and the best tokens'.</summary>
    /// <param name="logits">[n_vocab]</param>
    /// <param name="token">The token that was chosen.</param>
    /// <param name="top">How many alternatives.</param>
    /// <param name="candidates">Buffers.</param>
    /// <param name="tokenizer">For the tokens' bytes.</param>
    public static TokenLogProbs Read(ReadOnlySpan<float> logits, int token, int top, Candidates candidates, Tokenizer tokenizer)
    {
        candidates.Load(logits);
        candidates.Softmax();
        var best = ImmutableArray.CreateBuilder<TokenLogProb>(top);
        foreach (ulong key in candidates.Best(top))
            best.Add(Make(CandidateKey.Id(key), CandidateKey.Logit(key)));
        return new TokenLogProbs(Make(token, logits[token]), best.DrainToImmutable());

        TokenLogProb Make(int id, float logit) => new(id, -candidates.SurpriseOf(logit), BytesOf(tokenizer, id));
    }

    // The embedding may have more rows than the vocabulary has pieces.
    private static ReadOnlyMemory<byte> BytesOf(Tokenizer tokenizer, int id) =>
        id < tokenizer.VocabularySize ? tokenizer.Bytes(id, renderSpecial: true) : default;
}
