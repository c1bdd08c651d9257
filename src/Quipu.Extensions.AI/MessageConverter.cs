using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Quipu.Engine;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatMessage = Quipu.Engine.ChatMessage;

namespace Quipu.Extensions.AI;

/// <summary>From messages of Microsoft.Extensions.AI to those that a chat template knows.</summary>
internal static class MessageConverter
{
    /// <summary>Converts a conversation.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="instructions">System text to put before it, or null.</param>
    /// <exception cref="NotSupportedException">A message has content that the model cannot take.</exception>
    public static List<ChatMessage> Convert(IEnumerable<AIMessage> messages, string? instructions)
    {
        List<ChatMessage> converted = [];
        if (!string.IsNullOrEmpty(instructions))
            converted.Add(new ChatMessage("system", instructions));
        foreach (var message in messages)
            Add(message, converted);
        return converted;
    }

    /// <summary>A message with results of functions becomes one message for each of them; templates know no other form.</summary>
    private static void Add(AIMessage message, List<ChatMessage> converted)
    {
        var text = new StringBuilder();
        var calls = ImmutableArray.CreateBuilder<ToolCall>();
        bool hasResult = false;
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case FunctionCallContent call:
                    calls.Add(new ToolCall(call.CallId, call.Name, Json(call.Arguments ?? new Dictionary<string, object?>())));
                    break;
                case FunctionResultContent result:
                    converted.Add(new ChatMessage("tool", TextOf(result)) { ToolCallId = result.CallId });
                    hasResult = true;
                    break;
                default:
                    text.Append(TextOf(content, message.Role));
                    break;
            }
        }
        if (!hasResult || text.Length > 0 || calls.Count > 0)
            converted.Add(new ChatMessage(message.Role.Value, text.ToString()) { ToolCalls = calls.ToImmutable() });
    }

    private static string TextOf(AIContent content, ChatRole role) => content switch
    {
        TextContent part => part.Text,
        TextReasoningContent or UsageContent => "", // what a model thought and cost is no part of what it said
        DataContent data when data.HasTopLevelMediaType("text") => Encoding.UTF8.GetString(data.Data.Span),
        _ => throw new NotSupportedException(
            $"A message of role {role.Value} has {content.GetType().Name}, which this client cannot pass on to the model."),
    };

    private static string TextOf(FunctionResultContent result) => result switch
    {
        { Exception: { } error } => "Error: " + error.Message,
        { Result: string text } => text,
        { Result: JsonElement { ValueKind: JsonValueKind.String } text } => text.GetString()!,
        _ => Json(result.Result),
    };

    private static string Json(object? value) =>
        JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
}
