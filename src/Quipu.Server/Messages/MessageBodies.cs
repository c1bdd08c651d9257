using System.Text.Json;
using System.Text.Json.Serialization;
using Quipu.Engine;

namespace Quipu.Server.Messages;

/// <summary>Anthropic's <c>message</c>.</summary>
internal sealed record MessageBody
{
    public required string Id { get; init; }
    public string Type { get; init; } = "message";
    public string Role { get; init; } = "assistant";
    public required string Model { get; init; }
    public required IReadOnlyList<ContentBlock> Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? StopReason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? StopSequence { get; init; }

    public required MessageUsage Usage { get; init; }
}

/// <summary>Text, or a call.</summary>
internal sealed record ContentBlock(string Type, string? Text = null, string? Id = null, string? Name = null, JsonElement? Input = null);

/// <summary>What a message cost. The input's tokens are those that were computed; cached ones are counted apart.</summary>
internal sealed record MessageUsage(int? InputTokens, int? CacheReadInputTokens, int? CacheCreationInputTokens, int OutputTokens)
{
    /// <summary>The cost of a generation.</summary>
    public static MessageUsage Of(GenerationStatistics statistics) =>
        new(statistics.PromptTokens - statistics.ReusedTokens, statistics.ReusedTokens, 0, statistics.GeneratedTokens);
}

/// <summary>How many tokens a request has.</summary>
internal sealed record TokenCount(int InputTokens);

/// <summary>An event of a streamed message: each kind has some of the fields.</summary>
internal sealed record MessageEvent(string Type)
{
    public MessageBody? Message { get; init; }
    public int? Index { get; init; }
    public ContentBlock? ContentBlock { get; init; }
    public MessageDelta? Delta { get; init; }
    public MessageUsage? Usage { get; init; }
}

/// <summary>What is new.</summary>
internal sealed record MessageDelta
{
    public string? Type { get; init; }
    public string? Text { get; init; }
    public string? PartialJson { get; init; }
    public string? StopReason { get; init; }
    public string? StopSequence { get; init; }
}
