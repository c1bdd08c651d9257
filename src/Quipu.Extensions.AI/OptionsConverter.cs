using Microsoft.Extensions.AI;
using Quipu.Engine;
using Quipu.Engine.Sampling;

namespace Quipu.Extensions.AI;

/// <summary>From the options of a chat to those of a generation.</summary>
internal static class OptionsConverter
{
    /// <summary>Lays what a request says over the defaults.</summary>
    /// <exception cref="NotSupportedException">It asks for what this client cannot do.</exception>
    public static GenerationOptions Convert(ChatOptions? options, GenerationOptions defaults)
    {
        if (options is null)
            return defaults;
        if (options.ConversationId is not null)
            throw new NotSupportedException("ConversationId is set, but this client keeps no conversations: send all messages each time.");
        if (options.ResponseFormat is ChatResponseFormatJson)
            throw new NotSupportedException("ResponseFormat asks for JSON, which this client cannot hold a model to yet.");
        if (options.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode)
            throw new NotSupportedException("Tools are given, but this client cannot pass functions on to the model yet: set ToolMode to None or leave them out.");
        return defaults with
        {
            MaxTokens = options.MaxOutputTokens ?? defaults.MaxTokens,
            StopStrings = options.StopSequences is null ? defaults.StopStrings : [.. options.StopSequences],
            Sampling = Sampling(options, defaults.Sampling),
        };
    }

    private static SamplingOptions Sampling(ChatOptions options, SamplingOptions defaults) => defaults with
    {
        Temperature = options.Temperature ?? defaults.Temperature,
        TopP = options.TopP ?? defaults.TopP,
        TopK = options.TopK ?? defaults.TopK,
        FrequencyPenalty = options.FrequencyPenalty ?? defaults.FrequencyPenalty,
        PresencePenalty = options.PresencePenalty ?? defaults.PresencePenalty,
        // The generator has 32 bits of seed: equal seeds stay equal.
        Seed = options.Seed is { } seed ? unchecked((uint)seed) : defaults.Seed,
    };
}
