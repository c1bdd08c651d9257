using System.Text.Json;
using Quipu.Templates;

namespace Quipu.Engine;

/// <summary>What a chat template is given, as Hugging Face transformers does: tools and documents are there even without any.</summary>
internal static class ChatVariables
{
    public static TemplateValue Create(
        IReadOnlyList<ChatMessage> messages, IReadOnlyList<JsonElement> tools, bool addGenerationPrompt, string? bos, string? eos)
    {
        List<(string, TemplateValue)> variables =
        [
            ("messages", TemplateValue.List(messages.Select(MessageOf))),
            ("add_generation_prompt", TemplateValue.From(addGenerationPrompt)),
            ("tools", tools.Count == 0 ? TemplateValue.None : TemplateValue.List(tools.Select(TemplateValue.FromJson))),
            ("documents", TemplateValue.None),
        ];
        if (bos is not null)
            variables.Add(("bos_token", TemplateValue.From(bos)));
        if (eos is not null)
            variables.Add(("eos_token", TemplateValue.From(eos)));
        return TemplateValue.Dict(variables);
    }

    private static TemplateValue MessageOf(ChatMessage message)
    {
        if (message is { ToolCalls.IsEmpty: true, ToolCallId: null })
            return TemplateValue.Message(message.Role, message.Content);
        List<(string, TemplateValue)> members = [("role", TemplateValue.From(message.Role)), ("content", TemplateValue.From(message.Content))];
        if (!message.ToolCalls.IsEmpty)
            members.Add(("tool_calls", TemplateValue.List(message.ToolCalls.Select(CallOf))));
        if (message.ToolCallId is { } id)
            members.Add(("tool_call_id", TemplateValue.From(id)));
        return TemplateValue.Dict(members);
    }

    private static TemplateValue CallOf(ToolCall call) => TemplateValue.Dict(
        ("id", TemplateValue.From(call.Id)),
        ("type", TemplateValue.From("function")),
        ("function", TemplateValue.Dict(("name", TemplateValue.From(call.Name)), ("arguments", ArgumentsOf(call)))));

    /// <summary>Templates expect an object; what is none goes as the text that it is.</summary>
    private static TemplateValue ArgumentsOf(ToolCall call)
    {
        try
        {
            using var document = JsonDocument.Parse(call.Arguments);
            return TemplateValue.FromJson(document.RootElement);
        }
        catch (JsonException)
        {
            return TemplateValue.From(call.Arguments);
        }
    }
}
