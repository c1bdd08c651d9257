using Quipu.Engine.Chat;

namespace Quipu.Server.Chat;

/// <summary>A conversation to be continued, whichever API it came by.</summary>
internal sealed record ChatRequest : ChatTurn
{
    /// <summary>The field that <see cref="ChatTurn.Format"/> came by, for messages.</summary>
    public string FormatParam { get; init; } = "response_format";

    /// <summary>Answers wanted.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Likeliest tokens to show; −1: no probabilities at all.</summary>
    public int TopLogProbs { get; init; } = -1;

    /// <summary>Whether prefixes of the prompt may come from the cache.</summary>
    public bool CachePrompt { get; init; } = true;
}
