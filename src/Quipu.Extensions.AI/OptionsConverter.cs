using Microsoft.Extensions.AI;
using Quipu.Engine;
using Quipu.Engine.Chat;
using Quipu.Engine.Sampling;
using ChatMessage = Quipu.Engine.ChatMessage;

namespace Quipu.Extensions.AI;

/// <summary>From the options of a chat to what the engine takes.</summary>
internal static class OptionsConverter
{
    /// <summary>A conversation with what its options say, laid over the defaults.</summary>
    /// <exception cref="NotSupportedException">They ask for what this client cannot do.</exception>
    public static ChatTurn Convert(IReadOnlyList<ChatMessage> messages, ChatOptions? options, GenerationOptions defaults)
    {
        if (options is null)
            return new ChatTurn { Messages = messages, Options = defaults };
        if (options.ConversationId is not null)
            throw new NotSupportedException("ConversationId is set, but this client keeps no conversations: send all messages each time.");
        var tools = options.ToolMode is NoneChatToolMode ? [] : ToolsOf(options);
        return new ChatTurn
        {
            Messages = messages,
            Options = defaults with
            {
                MaxTokens = options.MaxOutputTokens ?? defaults.MaxTokens,
                StopStrings = options.StopSequences is null ? defaults.StopStrings : [.. options.StopSequences],
                Sampling = Sampling(options, defaults.Sampling),
            },
            Format = FormatOf(options.ResponseFormat),
            Tools = tools,
            ToolChoice = ChoiceOf(options.ToolMode, tools),
            ParallelToolCalls = options.AllowMultipleToolCalls ?? true,
        };
    }

    private static List<ToolDefinition> ToolsOf(ChatOptions options)
    {
        List<ToolDefinition> tools = [];
        foreach (var tool in options.Tools ?? [])
        {
            if (tool is not AIFunctionDeclaration function)
                throw new NotSupportedException(
                    $"The tool '{tool.Name}' is a {tool.GetType().Name}, which a service would have to run; "
                    + "only functions can be called here.");
            string? description = function.Description.Length > 0 ? function.Description : null;
            tools.Add(new ToolDefinition(function.Name, description, function.JsonSchema));
        }
        return tools;
    }

    private static ToolChoice ChoiceOf(ChatToolMode? mode, List<ToolDefinition> tools)
    {
        if (mode is not RequiredChatToolMode required)
            return ToolChoice.Auto;
        if (tools.Count == 0)
            throw new ArgumentException("ToolMode requires a call, but there are no Tools.", nameof(mode));
        if (required.RequiredFunctionName is not { } name)
            return ToolChoice.Required;
        return tools.Exists(tool => tool.Name == name)
            ? new ToolChoice(ToolChoiceKind.Named, name)
            : throw new ArgumentException($"ToolMode requires a call of '{name}', which is not among the Tools.", nameof(mode));
    }

    private static OutputFormat FormatOf(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } => new OutputFormat(OutputKind.JsonSchema, schema),
        ChatResponseFormatJson => OutputFormat.JsonObject,
        _ => OutputFormat.Text,
    };

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
