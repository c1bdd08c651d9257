using System.Text.Json.Serialization;
using Quipu.Server.Generation;

namespace Quipu.Server.Chat;

/// <summary>OpenAI's <c>chat.completion</c>.</summary>
internal sealed record ChatCompletion
{
    public required string Id { get; init; }
    public string Object { get; init; } = "chat.completion";
    public required long Created { get; init; }
    public required string Model { get; init; }
    public required IReadOnlyList<ChatChoice> Choices { get; init; }
    public required Usage Usage { get; init; }
    public string? SystemFingerprint { get; init; }
    public Timings? Timings { get; init; }
}

/// <summary>One answer.</summary>
internal sealed record ChatChoice(
    int Index,
    ChatReply Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ChatLogProbs? Logprobs,
    string FinishReason);

/// <summary>What the model says.</summary>
internal sealed record ChatReply(
    string Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Content,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Refusal,
    IReadOnlyList<ToolCallBody>? ToolCalls);

/// <summary>A call; <paramref name="Index"/>, and the absence of what is known already, only in streams.</summary>
internal sealed record ToolCallBody(int? Index, string? Id, string? Type, FunctionBody Function);

/// <summary>Which function, and with what.</summary>
internal sealed record FunctionBody(string? Name, string Arguments);

/// <summary>Log probabilities of an answer.</summary>
internal sealed record ChatLogProbs(
    IReadOnlyList<TokenLogProbBody> Content,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<TokenLogProbBody>? Refusal = null);

/// <summary>A part of a streamed <c>chat.completion</c>.</summary>
internal sealed record ChatChunk
{
    public required string Id { get; init; }
    public string Object { get; init; } = "chat.completion.chunk";
    public required long Created { get; init; }
    public required string Model { get; init; }
    public string? SystemFingerprint { get; init; }
    public IReadOnlyList<ChunkChoice> Choices { get; init; } = [];
    public Usage? Usage { get; init; }
    public Timings? Timings { get; init; }
}

/// <summary>What is new of one answer.</summary>
internal sealed record ChunkChoice(
    int Index,
    ChunkDelta Delta,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ChatLogProbs? Logprobs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason);

/// <summary>New text or calls.</summary>
internal sealed record ChunkDelta(string? Role = null, string? Content = null, IReadOnlyList<ToolCallBody>? ToolCalls = null);
