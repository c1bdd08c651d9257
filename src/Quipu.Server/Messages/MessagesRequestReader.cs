using System.Text;
using System.Text.Json;
using Quipu.Engine;
using Quipu.Engine.Chat;
using Quipu.Server.Chat;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Messages;

/// <summary>Reads requests of Anthropic's API.</summary>
internal static class MessagesRequestReader
{
    private const int MaxMessages = 4096;
    private const int MaxTools = 128;

    /// <summary>Reads a request.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="core">What the endpoints share.</param>
    /// <param name="counting">Whether its tokens are only to be counted, and nothing says how to generate.</param>
    public static ChatRequest Read(Fields fields, ServerCore core, bool counting)
    {
        fields.Text("model");
        int? maxTokens = fields.Int("max_tokens", 1);
        if (maxTokens is null && !counting)
            throw ApiException.Missing("max_tokens", "the most tokens that the answer may have");
        var defaults = core.Options.Generation;
        var stops = GenerationReader.ReadStops(fields, "stop_sequences");
        ToolDefinition[] tools =
            [.. fields.Array("tools", MaxTools).Select(item => ToolReader.ReadFunction(Fields.Of(item.Value, item.Path), "input_schema"))];
        var (choice, parallel) = ReadChoice(fields, tools);
        return new ChatRequest
        {
            Messages = ReadMessages(fields),
            Options = GenerationReader.Read(fields, defaults, core.Model) with
            {
                MaxTokens = maxTokens ?? defaults.MaxTokens,
                StopStrings = stops.IsDefault ? defaults.StopStrings : stops,
            },
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = parallel,
        };
    }

    private static (ToolChoice Choice, bool Parallel) ReadChoice(Fields fields, ToolDefinition[] tools)
    {
        if (fields.Object("tool_choice") is not { } choice)
            return (ToolChoice.Auto, true);
        bool parallel = !choice.Bool("disable_parallel_tool_use");
        switch (choice.OneOf("type", "auto", "auto", "any", "tool", "none"))
        {
            case "any":
                return tools.Length > 0
                    ? (ToolChoice.Required, parallel)
                    : throw ApiException.Invalid("tool_choice", "'tool_choice' is 'any', but there are no 'tools'.");
            case "tool":
                return (ToolReader.Named(choice.RequiredText("name", "the function to call"), "tool_choice", tools), parallel);
            case "none":
                return (ToolChoice.None, parallel);
            default:
                return (ToolChoice.Auto, parallel);
        }
    }

    private static List<ChatMessage> ReadMessages(Fields fields)
    {
        List<ChatMessage> messages = [];
        if (fields.Find("system") is { } system)
            messages.Add(new ChatMessage("system", TextOf(system, "system")));
        var items = fields.Array("messages", MaxMessages);
        if (items.Count == 0)
            throw ApiException.Missing("messages", "the conversation, with at least one message");
        foreach (var (value, path) in items)
            ReadMessage(Fields.Of(value, path), messages);
        return messages;
    }

    private static void ReadMessage(Fields message, List<ChatMessage> messages)
    {
        string role = message.OneOf("role", "", "user", "assistant");
        if (role.Length == 0)
            throw ApiException.Missing(message.PathOf("role"), "'user' or 'assistant'");
        if (message.Find("content") is not { } content)
            throw ApiException.Missing(message.PathOf("content"), "what the message says");
        if (content.ValueKind == JsonValueKind.String)
        {
            messages.Add(new ChatMessage(role, content.GetString()!));
            return;
        }
        var text = new StringBuilder();
        bool any = false;
        foreach (var (value, path) in message.Array("content"))
        {
            var block = Fields.Of(value, path);
            switch (block.RequiredText("type", "the kind of the block"))
            {
                case "text":
                    text.Append(block.RequiredText("text", "the text of the block"));
                    any = true;
                    break;
                case "tool_use":
                    Flush();
                    MessageReader.AddCall(messages, MessageReader.NewCall(block.RequiredText("id", "the call's id"), block, "input"));
                    break;
                case "tool_result":
                    messages.Add(new ChatMessage("tool", block.Find("content") is { } result ? TextOf(result, block.PathOf("content")) : "")
                    {
                        ToolCallId = block.RequiredText("tool_use_id", "the call's id"),
                    });
                    break;
                case "thinking" or "redacted_thinking":
                    break; // Other models' thoughts, which clients send back as they got them.
                case var other:
                    throw ApiException.Unsupported(
                        block.PathOf("type"),
                        $"'{block.PathOf("type")}' is '{Fields.Shorten(other)}', but this model takes only text, tool_use and tool_result.");
            }
        }
        if (any)
            Flush();

        void Flush()
        {
            if (text.Length > 0 || any)
                messages.Add(new ChatMessage(role, text.ToString()));
            text.Clear();
            any = false;
        }
    }

    /// <summary>A text, or an array of text blocks.</summary>
    private static string TextOf(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        if (value.ValueKind != JsonValueKind.Array)
            throw ApiException.WrongType(path, "a string or an array of text blocks", Fields.Kind(value));
        return string.Concat(value.EnumerateArray().Select((item, i) =>
        {
            var block = Fields.Of(item, $"{path}[{i}]");
            return block.OneOf("type", "text", "text") == "text" ? block.RequiredText("text", "the text of the block") : "";
        }));
    }
}
