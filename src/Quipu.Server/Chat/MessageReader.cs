using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Quipu.Engine;
using Quipu.Server.Http;

namespace Quipu.Server.Chat;

/// <summary>Reads OpenAI's messages.</summary>
internal static class MessageReader
{
    private const int MaxMessages = 4096;
    private const int MaxCalls = 128;

    /// <summary>Reads the messages of a chat completion.</summary>
    public static IReadOnlyList<ChatMessage> Read(Fields fields)
    {
        var items = fields.Array("messages", MaxMessages);
        if (items.Count == 0)
            throw ApiException.Missing("messages", "the conversation, with at least one message");
        return [.. items.Select(item => ReadOne(Fields.Of(item.Value, item.Path)))];
    }

    /// <summary>Reads content: a text, or an array of parts of a type that is text.</summary>
    /// <param name="message">The message.</param>
    /// <param name="textTypes">Types of parts that are text.</param>
    /// <returns>The text; null where there is none.</returns>
    public static string? Content(Fields message, params ReadOnlySpan<string> textTypes)
    {
        if (message.Find("content") is not { } content)
            return null;
        if (content.ValueKind == JsonValueKind.String)
            return content.GetString();
        if (content.ValueKind != JsonValueKind.Array)
            throw ApiException.WrongType(message.PathOf("content"), "a string or an array of parts", Fields.Kind(content));
        var text = new StringBuilder();
        foreach (var (value, path) in message.Array("content"))
            text.Append(PartText(Fields.Of(value, path), textTypes));
        return text.ToString();
    }

    /// <summary>Adds a call to the assistant's last message, or begins one.</summary>
    public static void AddCall(List<ChatMessage> messages, ToolCall call)
    {
        if (messages is [.., { Role: "assistant" } last])
            messages[^1] = last with { ToolCalls = last.ToolCalls.Add(call) };
        else
            messages.Add(new ChatMessage("assistant", "") { ToolCalls = [call] });
    }

    /// <summary>Reads a call.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="function">Holds name and arguments.</param>
    /// <param name="argumentsName">The field of the arguments: an object, or the text of one.</param>
    public static ToolCall NewCall(string id, Fields function, string argumentsName)
    {
        string path = function.PathOf(argumentsName);
        string text = function.Find(argumentsName) switch
        {
            null => "{}",
            { ValueKind: JsonValueKind.String } written => written.GetString() is { Length: > 0 } arguments ? arguments : "{}",
            { ValueKind: JsonValueKind.Object } tree => tree.GetRawText(),
            { } other => throw ApiException.WrongType(path, "an object, or the text of one", Fields.Kind(other)),
        };
        return new ToolCall(id, function.RequiredText("name", "the function"), text);
    }

    private static string PartText(Fields part, ReadOnlySpan<string> textTypes)
    {
        string type = part.RequiredText("type", "the kind of the part");
        if (!textTypes.Contains(type))
            throw ApiException.Invalid(
                part.PathOf("type"), $"'{part.PathOf("type")}' is '{Fields.Shorten(type)}', but this model "
                + $"takes only text ({string.Join(", ", textTypes)}).");
        return part.RequiredText(type == "refusal" ? "refusal" : "text", "the text of the part");
    }

    private static ChatMessage ReadOne(Fields message)
    {
        string role = message.RequiredText("role", "who speaks");
        string? content = Content(message, "text", "refusal", "input_text", "output_text");
        return role switch
        {
            "system" or "developer" => new ChatMessage("system", Needed(message, content)),
            "user" => new ChatMessage(role, Needed(message, content)),
            "assistant" => new ChatMessage(role, content ?? "") { ToolCalls = ReadCalls(message) },
            "tool" or "function" => new ChatMessage("tool", Needed(message, content)) { ToolCallId = message.Text("tool_call_id") },
            _ => throw ApiException.Invalid(
                message.PathOf("role"),
                $"'{message.PathOf("role")}' is '{Fields.Shorten(role)}', but must be system, developer, user, assistant or tool."),
        };
    }

    private static ImmutableArray<ToolCall> ReadCalls(Fields message) =>
    [
        .. message.Array("tool_calls", MaxCalls).Select(item =>
        {
            var call = Fields.Of(item.Value, item.Path);
            var function = call.Object("function") ?? throw ApiException.Missing(call.PathOf("function"), "name and arguments of the call");
            return NewCall(call.RequiredText("id", "the call's id"), function, "arguments");
        }),
    ];

    private static string Needed(Fields message, string? content) =>
        content ?? throw ApiException.Missing(message.PathOf("content"), "what the message says");
}
