using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Quipu.Engine;

namespace Quipu.Server.Chat;

/// <summary>
/// The prompt of a conversation with functions. Models that were trained to call them say so in their template, with Hermes' marks
/// <c>&lt;tool_call&gt;</c>; for others the functions are described in the system message, with the same marks, so that one parser and one
/// grammar serve all.
/// </summary>
internal static class ToolPrompt
{
    /// <summary>What stands before a call.</summary>
    public const string Begin = "<tool_call>";

    /// <summary>What stands behind it.</summary>
    public const string End = "</tool_call>";

    /// <summary>The prompt.</summary>
    /// <param name="model">Whose template it is.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="tools">The functions that the model is told of.</param>
    public static string Render(LanguageModel model, IReadOnlyList<ChatMessage> messages, IReadOnlyList<ToolDefinition> tools)
    {
        string source = model.Template!.Source;
        bool native = source.Contains(Begin, StringComparison.Ordinal) && source.Contains("tools", StringComparison.Ordinal);
        return native
            ? model.RenderChat(messages, [.. tools.Select(Describe)])
            : model.RenderChat(Plain(messages, tools));
    }

    /// <summary>A function in OpenAI's form.</summary>
    private static JsonElement Describe(ToolDefinition tool)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            if (tool.Description is not null)
                json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            if (tool.Parameters is { } parameters)
                parameters.WriteTo(json);
            else
                json.WriteRawValue("""{"type":"object","properties":{}}""");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    /// <summary>The conversation in words that every template can write: system, user and assistant in turns.</summary>
    private static List<ChatMessage> Plain(IReadOnlyList<ChatMessage> messages, IReadOnlyList<ToolDefinition> tools)
    {
        List<ChatMessage> plain = [];
        foreach (var message in messages)
        {
            if (message.Role == "tool")
                AddResult(plain, message.Content);
            else if (message.ToolCalls.IsEmpty)
                plain.Add(message);
            else
                plain.Add(new ChatMessage(message.Role, message.Content + string.Concat(message.ToolCalls.Select(Text))));
        }
        if (tools.Count == 0)
            return plain;
        string instructions = Instructions(tools);
        if (plain is [{ Role: "system" } system, ..])
            plain[0] = system with { Content = system.Content + "\n\n" + instructions };
        else
            plain.Insert(0, new ChatMessage("system", instructions));
        return plain;
    }

    /// <summary>Results of several calls are one message: many templates want the roles to take turns.</summary>
    private static void AddResult(List<ChatMessage> plain, string content)
    {
        string text = $"<tool_response>\n{content}\n</tool_response>";
        if (plain is [.., { Role: "user" } last] && last.Content.EndsWith("</tool_response>", StringComparison.Ordinal))
            plain[^1] = last with { Content = last.Content + "\n" + text };
        else
            plain.Add(new ChatMessage("user", text));
    }

    private static string Text(ToolCall call) => $"{Begin}\n{{\"name\": {Quote(call.Name)}, \"arguments\": {call.Arguments}}}\n{End}";

    private static string Instructions(IReadOnlyList<ToolDefinition> tools)
    {
        var text = new StringBuilder("You can call functions to help with the request. Their signatures:\n<tools>\n");
        foreach (var tool in tools)
            text.Append(Describe(tool).GetRawText()).Append('\n');
        return text.Append("</tools>\nTo call one, answer with its name and arguments as JSON:\n")
            .Append(Begin).Append("\n{\"name\": NAME, \"arguments\": ARGUMENTS}\n").Append(End).ToString();
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, ServerJson.Shared.String);
}
