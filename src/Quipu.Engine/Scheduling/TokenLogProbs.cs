using System.Collections.Immutable;

namespace Quipu.Engine.Scheduling;

/// <summary>How likely the model found a token, before any sampler: the softmax over all logits.</summary>
/// <param name="Chosen">The token that was chosen, or that the prompt has.</param>
/// <param name="Top">The most likely tokens, best first, as many as were asked for.</param>
public sealed record TokenLogProbs(TokenLogProb Chosen, ImmutableArray<TokenLogProb> Top);

/// <summary>A token and its log probability.</summary>
/// <param name="Token">Its id.</param>
/// <param name="LogProb">Natural logarithm of its probability.</param>
/// <param name="Bytes">The bytes that it stands for; a control token's are its piece.</param>
public readonly record struct TokenLogProb(int Token, float LogProb, ReadOnlyMemory<byte> Bytes)
{
    /// <summary><see cref="Bytes"/> as text, with U+FFFD where they are no whole characters.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes.Span);
}
