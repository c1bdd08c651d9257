using System.Text.Json;
using Quipu.Templates;

namespace Quipu.Engine;

/// <summary>What a chat template is given, as Hugging Face transformers does: tools and documents are there even without any.</summary>
/// <param name="guard">Applied to each text that is not the template's own.</param>
internal sealed class ChatVariables(Func<string, string> guard)
{
    /// <summary>The variables of a conversation.</summary>
    public TemplateValue Create(
        IReadOnlyList<ChatMessage> messages, IReadOnlyList<JsonElement> tools, bool addGenerationPrompt, string? bos, string? eos)
    {
        List<(string, TemplateValue)> variables =
        [
            ("messages", TemplateValue.List(messages.Select(MessageOf))),
            ("add_generation_prompt", TemplateValue.From(addGenerationPrompt)),
            ("tools", tools.Count == 0 ? TemplateValue.None : TemplateValue.List(tools.Select(Tree))),
            ("documents", TemplateValue.None),
        ];
        if (bos is not null)
            variables.Add(("bos_token", TemplateValue.From(bos)));
        if (eos is not null)
            variables.Add(("eos_token", TemplateValue.From(eos)));
        return TemplateValue.Dict(variables);
    }

    private TemplateValue MessageOf(ChatMessage message)
    {
        if (message is { ToolCalls.IsEmpty: true, ToolCallId: null })
            return TemplateValue.Message(guard(message.Role), guard(message.Content));
        List<(string, TemplateValue)> members = [("role", Text(message.Role)), ("content", Text(message.Content))];
        if (!message.ToolCalls.IsEmpty)
            members.Add(("tool_calls", TemplateValue.List(message.ToolCalls.Select(CallOf))));
        if (message.ToolCallId is { } id)
            members.Add(("tool_call_id", Text(id)));
        return TemplateValue.Dict(members);
    }

    private TemplateValue CallOf(ToolCall call) => TemplateValue.Dict(
        ("id", Text(call.Id)),
        ("type", TemplateValue.From("function")),
        ("function", TemplateValue.Dict(("name", Text(call.Name)), ("arguments", ArgumentsOf(call)))));

    /// <summary>Templates expect an object; what is none goes as the text that it is.</summary>
    private TemplateValue ArgumentsOf(ToolCall call)
    {
        try
        {
            using var document = JsonDocument.Parse(call.Arguments);
            return Tree(document.RootElement);
        }
        catch (JsonException)
        {
            return Text(call.Arguments);
        }
    }

    private TemplateValue Text(string text) => TemplateValue.From(guard(text));

    private TemplateValue Tree(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => TemplateValue.Dict(json.EnumerateObject().Select(member => (guard(member.Name), Tree(member.Value)))),
        JsonValueKind.Array => TemplateValue.List(json.EnumerateArray().Select(Tree)),
        JsonValueKind.String => Text(json.GetString()!),
        _ => TemplateValue.FromJson(json),
    };
}
