using System.Text.Json;
using Quipu.Engine;
using Quipu.Engine.Chat;
using Quipu.Server.Chat;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Responses;

/// <summary>A request for a response: the conversation, and what the response repeats of the request.</summary>
internal sealed record ResponseRequest
{
    /// <summary>The conversation.</summary>
    public required ChatRequest Chat { get; init; }

    /// <summary>The response as it is before there is any output.</summary>
    public required ResponseBody Template { get; init; }

    /// <summary>Reads a request.</summary>
    public static ResponseRequest Read(Fields fields, ServerCore core)
    {
        fields.Text("model");
        Refuse(fields);
        var defaults = core.Options.Generation;
        var tools = ToolReader.ReadTools(fields);
        int? maxTokens = fields.Int("max_output_tokens", 1);
        var (format, formatParam) = fields.Object("text")?.Object("format") is { } text
            ? FormatReader.ReadFormat(text, nested: false)
            : (OutputFormat.Text, "text.format");
        var chat = new ChatRequest
        {
            Messages = InputReader.Read(fields),
            Options = GenerationReader.Read(fields, defaults, core.Model) with { MaxTokens = maxTokens ?? defaults.MaxTokens },
            Format = format,
            FormatParam = formatParam,
            Tools = tools,
            ToolChoice = ToolReader.ReadChoice(fields, tools),
            ParallelToolCalls = fields.Bool("parallel_tool_calls", otherwise: true),
        };
        return new ResponseRequest { Chat = chat, Template = TemplateOf(fields, chat.Options, chat.ParallelToolCalls, maxTokens, core) };
    }

    private static void Refuse(Fields fields)
    {
        if (fields.Text("previous_response_id") is not null)
            throw ApiException.Unsupported("previous_response_id", "Responses are not stored here: send the whole conversation as 'input'.");
        if (fields.Has("conversation"))
            throw ApiException.Unsupported("conversation", "Conversations are not stored here: send the whole conversation as 'input'.");
        if (fields.Bool("background"))
            throw ApiException.Unsupported("background", "Responses are not computed in the background; use 'stream'.");
    }

    private static ResponseBody TemplateOf(Fields fields, GenerationOptions options, bool parallel, int? maxTokens, ServerCore core) => new()
    {
        Id = ServerCore.NewId("resp_"),
        CreatedAt = ServerCore.Now,
        Status = "in_progress",
        Instructions = fields.Text("instructions"),
        MaxOutputTokens = maxTokens,
        Model = core.ModelName,
        Output = [],
        ParallelToolCalls = parallel,
        Temperature = options.Sampling.Temperature,
        TopP = options.Sampling.TopP,
        Text = Repeat(fields, "text", """{"format":{"type":"text"}}"""),
        ToolChoice = Repeat(fields, "tool_choice", "\"auto\""),
        Tools = Repeat(fields, "tools", "[]"),
        Metadata = Repeat(fields, "metadata", "{}"),
    };

    private static JsonElement Repeat(Fields fields, string name, string otherwise)
    {
        if (fields.Find(name) is { } value)
            return value;
        using var document = JsonDocument.Parse(otherwise);
        return document.RootElement.Clone();
    }
}
