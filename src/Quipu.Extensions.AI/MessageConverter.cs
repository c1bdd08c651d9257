using System.Text;
using Microsoft.Extensions.AI;
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
            converted.Add(new ChatMessage(message.Role.Value, Text(message)));
        return converted;
    }

    private static string Text(AIMessage message)
    {
        var text = new StringBuilder();
        foreach (var content in message.Contents)
            text.Append(content switch
            {
                TextContent part => part.Text,
                TextReasoningContent or UsageContent => "", // what a model thought and cost is no part of what it said
                DataContent data when data.HasTopLevelMediaType("text") => Encoding.UTF8.GetString(data.Data.Span),
                _ => throw new NotSupportedException(
                    $"A message of role {message.Role.Value} has {content.GetType().Name}, which this client cannot pass on to the model."),
            });
        return text.ToString();
    }
}
