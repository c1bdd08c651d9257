using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Completions;

/// <summary>A request to continue raw texts.</summary>
internal sealed record CompletionRequest
{
    private const int MaxChoices = 16;
    private const int OpenAiMaxTokens = 16;

    /// <summary>Token ids of each text.</summary>
    public required IReadOnlyList<int[]> Prompts { get; init; }

    /// <summary>How to generate.</summary>
    public required GenerationOptions Options { get; init; }

    /// <summary>Texts wanted for each prompt.</summary>
    public required int Count { get; init; }

    /// <summary>Texts generated for each prompt; the likeliest are taken.</summary>
    public required int BestOf { get; init; }

    /// <summary>Whether the prompt is repeated before its continuation.</summary>
    public required bool Echo { get; init; }

    /// <summary>Likeliest tokens to show; −1: no probabilities at all.</summary>
    public required int LogProbs { get; init; }

    /// <summary>Whether prefixes of the prompt may come from the cache.</summary>
    public required bool CachePrompt { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    public required StreamOptions Streaming { get; init; }

    /// <summary>Reads a request.</summary>
    public static CompletionRequest Read(Fields fields, ServerCore core)
    {
        fields.Text("model");
        if (fields.Text("suffix") is { Length: > 0 })
            throw ApiException.Unsupported("suffix", "'suffix' is not supported: this endpoint continues a text at its end.");
        var defaults = core.Options.Generation;
        int count = fields.Int("n", 1, MaxChoices) ?? 1;
        int bestOf = fields.Int("best_of", 1, MaxChoices) ?? count;
        var streaming = StreamOptions.Read(fields);
        if (bestOf < count)
            throw ApiException.Invalid("best_of", $"'best_of' is {bestOf}, but must not be less than 'n', which is {count}.");
        if (bestOf > count && streaming.Stream)
            throw ApiException.Invalid("best_of", "'best_of' above 'n' cannot be streamed: the best is known at the end.");
        int maxTokens = GenerationReader.ReadMaxTokens(fields, defaults, "max_tokens", "max_completion_tokens", "n_predict");
        if (maxTokens < 0 && defaults.MaxTokens < 0 && !fields.Has("max_tokens") && !fields.Has("n_predict") && !fields.Has("max_completion_tokens"))
            maxTokens = OpenAiMaxTokens;
        return new CompletionRequest
        {
            Prompts = PromptReader.Read(fields, "prompt", core.Model),
            Options = GenerationReader.Read(fields, defaults, core.Model) with { MaxTokens = maxTokens },
            Count = count,
            BestOf = bestOf,
            Echo = fields.Bool("echo"),
            LogProbs = fields.Int("logprobs", 0, GenerationRequest.MaxTopLogProbs) ?? -1,
            CachePrompt = fields.Bool("cache_prompt", otherwise: true),
            Streaming = streaming,
        };
    }

    /// <summary>What to generate for one of the texts.</summary>
    public GenerationRequest ForChoice(int prompt, int choice) => new()
    {
        Prompt = Prompts[prompt],
        Options = GenerationReader.ForChoice(Options, choice),
        // To find the best, the probabilities of the chosen tokens are needed though nobody asked for them.
        TopLogProbs = LogProbs < 0 && BestOf > Count ? 0 : LogProbs,
        PromptLogProbs = Echo && LogProbs >= 0,
        CachePrompt = CachePrompt,
    };
}
