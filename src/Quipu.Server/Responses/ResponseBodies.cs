using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quipu.Server.Responses;

/// <summary>OpenAI's <c>response</c>.</summary>
internal sealed record ResponseBody
{
    public required string Id { get; init; }
    public string Object { get; init; } = "response";
    public required long CreatedAt { get; init; }
    public required string Status { get; init; }
    public bool Background { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ResponseError? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IncompleteDetails? IncompleteDetails { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Instructions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? MaxOutputTokens { get; init; }

    public required string Model { get; init; }
    public required IReadOnlyList<OutputItem> Output { get; init; }
    public required bool ParallelToolCalls { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? PreviousResponseId { get; init; }

    public ReasoningBody Reasoning { get; init; } = new(null, null);
    public bool Store { get; init; }
    public required float Temperature { get; init; }
    public required JsonElement Text { get; init; }
    public required JsonElement ToolChoice { get; init; }
    public required JsonElement Tools { get; init; }
    public required float TopP { get; init; }
    public string Truncation { get; init; } = "disabled";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ResponseUsage? Usage { get; init; }

    public required JsonElement Metadata { get; init; }
}

/// <summary>Why a response failed.</summary>
internal sealed record ResponseError(string Code, string Message);

/// <summary>Why a response is not complete.</summary>
internal sealed record IncompleteDetails(string Reason);

/// <summary>What a client asked about reasoning, which these models do not show.</summary>
internal sealed record ReasoningBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Effort,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Summary);

/// <summary>A message or a call.</summary>
internal sealed record OutputItem
{
    public required string Id { get; init; }
    public required string Type { get; init; }
    public required string Status { get; init; }
    public string? Role { get; init; }
    public IReadOnlyList<OutputText>? Content { get; init; }
    public string? CallId { get; init; }
    public string? Name { get; init; }
    public string? Arguments { get; init; }
}

/// <summary>Text of a message.</summary>
internal sealed record OutputText(string Type, string Text, IReadOnlyList<string> Annotations, IReadOnlyList<string> Logprobs)
{
    /// <summary>A text.</summary>
    public static OutputText Of(string text) => new("output_text", text, [], []);
}

/// <summary>What a response cost.</summary>
internal sealed record ResponseUsage(
    int InputTokens, InputTokensDetails InputTokensDetails, int OutputTokens, OutputTokensDetails OutputTokensDetails, int TotalTokens);

/// <summary>Tokens of the input that were not computed again.</summary>
internal sealed record InputTokensDetails(int CachedTokens);

/// <summary>Tokens of the output that are not shown.</summary>
internal sealed record OutputTokensDetails(int ReasoningTokens);

/// <summary>An event of a streamed response: each kind has some of the fields.</summary>
internal sealed record ResponseEvent
{
    public required string Type { get; init; }
    public required int SequenceNumber { get; init; }
    public ResponseBody? Response { get; init; }
    public int? OutputIndex { get; init; }
    public int? ContentIndex { get; init; }
    public string? ItemId { get; init; }
    public OutputItem? Item { get; init; }
    public OutputText? Part { get; init; }
    public string? Delta { get; init; }
    public string? Text { get; init; }
    public string? Name { get; init; }
    public string? Arguments { get; init; }
    public IReadOnlyList<string>? Logprobs { get; init; }
}
