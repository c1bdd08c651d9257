using System.Text.Json;
using Quipu.Engine;
using Quipu.Server.Chat;
using Quipu.Server.Http;

namespace Quipu.Server.Responses;

/// <summary>Reads the input of a response: a text, or items that are messages, calls and results of calls.</summary>
internal static class InputReader
{
    private const int MaxItems = 4096;

    /// <summary>Reads instructions and input as messages.</summary>
    public static IReadOnlyList<ChatMessage> Read(Fields fields)
    {
        List<ChatMessage> messages = [];
        if (fields.Text("instructions") is { Length: > 0 } instructions)
            messages.Add(new ChatMessage("system", instructions));
        if (fields.Find("input") is not { } input)
            throw ApiException.Missing("input", "a text, or an array of items");
        if (input.ValueKind == JsonValueKind.String)
        {
            messages.Add(new ChatMessage("user", input.GetString()!));
            return messages;
        }
        if (input.ValueKind != JsonValueKind.Array)
            throw ApiException.WrongType("input", "a string or an array of items", Fields.Kind(input));
        foreach (var (value, path) in fields.Array("input", MaxItems))
            ReadItem(Fields.Of(value, path), messages);
        return messages.Count > 0 ? messages : throw ApiException.Invalid("input", "'input' is an empty array.");
    }

    private static void ReadItem(Fields item, List<ChatMessage> messages)
    {
        string type = item.Text("type") ?? "message";
        switch (type)
        {
            case "message":
                messages.Add(ReadMessage(item));
                break;
            case "function_call":
                MessageReader.AddCall(messages, MessageReader.NewCall(item.RequiredText("call_id", "the call's id"), item, "arguments"));
                break;
            case "function_call_output":
                messages.Add(new ChatMessage("tool", ReadOutput(item)) { ToolCallId = item.RequiredText("call_id", "the call's id") });
                break;
            case "reasoning":
                break; // Other models' thoughts, which clients send back as they got them.
            default:
                throw ApiException.Unsupported(
                    item.PathOf("type"),
                    $"'{item.PathOf("type")}' is '{Fields.Shorten(type)}', but must be message, function_call or function_call_output.");
        }
    }

    private static ChatMessage ReadMessage(Fields item)
    {
        string role = item.OneOf("role", "", "user", "assistant", "system", "developer");
        if (role.Length == 0)
            throw ApiException.Missing(item.PathOf("role"), "who speaks");
        string content = MessageReader.Content(item, "input_text", "output_text", "text", "refusal")
            ?? throw ApiException.Missing(item.PathOf("content"), "what the message says");
        return new ChatMessage(role == "developer" ? "system" : role, content);
    }

    private static string ReadOutput(Fields item) => item.Find("output") switch
    {
        null => throw ApiException.Missing(item.PathOf("output"), "what the function returned"),
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } other => other.GetRawText(),
    };
}
