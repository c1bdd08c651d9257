using System.Text.Json.Serialization;
using Quipu.Server.Generation;

namespace Quipu.Server.Completions;

/// <summary>OpenAI's <c>text_completion</c>, whole or as a part of a stream.</summary>
internal sealed record CompletionBody
{
    public required string Id { get; init; }
    public string Object { get; init; } = "text_completion";
    public required long Created { get; init; }
    public required string Model { get; init; }
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }
    public Usage? Usage { get; init; }
    public Timings? Timings { get; init; }
}

/// <summary>One text.</summary>
internal sealed record CompletionChoice(
    string Text,
    int Index,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] CompletionLogProbs? Logprobs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason);

/// <summary>The older form of log probabilities: columns.</summary>
/// <param name="Tokens">Texts of the tokens.</param>
/// <param name="TokenLogprobs">Their log probabilities; null for the first of a prompt.</param>
/// <param name="TopLogprobs">For each the likeliest tokens.</param>
/// <param name="TextOffset">Where in the text each begins.</param>
internal sealed record CompletionLogProbs(
    IReadOnlyList<string> Tokens,
    IReadOnlyList<float?> TokenLogprobs,
    IReadOnlyList<IReadOnlyDictionary<string, float>?> TopLogprobs,
    IReadOnlyList<int> TextOffset);
