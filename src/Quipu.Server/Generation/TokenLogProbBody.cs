using System.Text.Json.Serialization;
using Quipu.Engine.Scheduling;

namespace Quipu.Server.Generation;

/// <summary>How likely a token was, as OpenAI writes it; llama.cpp's endpoint adds its id.</summary>
internal sealed record TokenLogProbBody(
    int? Id, string Token, [property: JsonConverter(typeof(ByteArrayConverter))] byte[] Bytes, float Logprob, IReadOnlyList<TokenLogProbBody>? TopLogprobs)
{
    /// <summary>The body of a token.</summary>
    /// <param name="token">The token and those beside it.</param>
    /// <param name="withIds">Whether ids are shown.</param>
    public static TokenLogProbBody Of(TokenLogProbs token, bool withIds = false) =>
        One(token.Chosen, withIds) with { TopLogprobs = [.. token.Top.Select(each => One(each, withIds))] };

    // JSON has no −∞, which a token that a bias or grammar forbids would have.
    private static TokenLogProbBody One(TokenLogProb token, bool withIds) =>
        new(withIds ? token.Token : null, token.Text, token.Bytes.ToArray(), Math.Max(token.LogProb, -9999f), null);
}
