using Quipu.Server.Generation;
using Quipu.Server.Operation;

namespace Quipu.Server.Native;

/// <summary>llama.cpp's answer to <c>/completion</c>: whole, or a part of a stream.</summary>
internal sealed record NativeCompletion
{
    public required int Index { get; init; }
    public required string Content { get; init; }
    public IReadOnlyList<int>? Tokens { get; init; }
    public required bool Stop { get; init; }
    public string? Model { get; init; }
    public required int TokensPredicted { get; init; }
    public required int TokensEvaluated { get; init; }
    public int? TokensCached { get; init; }
    public GenerationSettings? GenerationSettings { get; init; }
    public string? Prompt { get; init; }
    public bool? Truncated { get; init; }
    public string? StopType { get; init; }
    public string? StoppingWord { get; init; }
    public Timings? Timings { get; init; }
    public IReadOnlyList<TokenLogProbBody>? CompletionProbabilities { get; init; }
}

/// <summary>A prompt as the template writes it.</summary>
internal sealed record PromptBody(string Prompt);
