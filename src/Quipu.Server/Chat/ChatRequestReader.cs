using Quipu.Engine.Scheduling;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Chat;

/// <summary>Reads OpenAI's chat completion requests.</summary>
internal static class ChatRequestReader
{
    private const int MaxChoices = 16;

    /// <summary>Reads a request.</summary>
    public static ChatRequest Read(Fields fields, ServerCore core)
    {
        fields.Text("model");
        if (fields.Has("functions") || fields.Has("function_call"))
            throw ApiException.Unsupported("functions", "'functions' is OpenAI's withdrawn form; use 'tools' and 'tool_choice'.");
        if (fields.Array("modalities").Any(item => Fields.Text(item.Value, item.Path) != "text"))
            throw ApiException.Unsupported("modalities", "This model answers with text only.");
        var defaults = core.Options.Generation;
        var (format, formatParam) = FormatReader.Read(fields);
        var tools = ToolReader.ReadTools(fields);
        return new ChatRequest
        {
            Messages = MessageReader.Read(fields),
            Options = GenerationReader.Read(fields, defaults, core.Model) with
            {
                MaxTokens = GenerationReader.ReadMaxTokens(fields, defaults, "max_completion_tokens", "max_tokens", "n_predict"),
            },
            Format = format,
            FormatParam = formatParam,
            Tools = tools,
            ToolChoice = ToolReader.ReadChoice(fields, tools),
            ParallelToolCalls = fields.Bool("parallel_tool_calls", otherwise: true),
            Count = fields.Int("n", 1, MaxChoices) ?? 1,
            TopLogProbs = ReadLogProbs(fields),
            CachePrompt = fields.Bool("cache_prompt", otherwise: true),
        };
    }

    private static int ReadLogProbs(Fields fields)
    {
        bool wanted = fields.Bool("logprobs");
        int? top = fields.Int("top_logprobs", 0, GenerationRequest.MaxTopLogProbs);
        if (top > 0 && !wanted)
            throw ApiException.Invalid("top_logprobs", "'top_logprobs' needs 'logprobs': true.");
        return wanted ? top ?? 0 : -1;
    }
}
