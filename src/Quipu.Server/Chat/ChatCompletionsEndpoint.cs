using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Engine;
using Quipu.Server.Generation;
using Quipu.Server.Http;
using Quipu.Server.Native;

namespace Quipu.Server.Chat;

/// <summary>
/// OpenAI's <c>/v1/chat/completions</c>, and llama.cpp's <c>/apply-template</c>, which shows the prompt that it would make.
/// </summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class ChatCompletionsEndpoint(ServerCore core)
{
    private readonly ChatRunner _runner = new(core);

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", ServeAsync);
        routes.MapPost("/chat/completions", ServeAsync);
        routes.MapPost("/apply-template", ApplyTemplateAsync);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        var request = ChatRequestReader.Read(fields, core);
        var streaming = StreamOptions.Read(fields);
        if (streaming.Stream)
            await StreamAsync(context, request, streaming.IncludeUsage).ConfigureAwait(false);
        else
            await AnswerAsync(context, request).ConfigureAwait(false);
    }

    private async Task ApplyTemplateAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        string prompt = _runner.Render(ChatRequestReader.Read(new Fields(body.RootElement), core));
        await Reply.JsonAsync(context, new PromptBody(prompt), ServerJson.Shared.PromptBody).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, ChatRequest request)
    {
        ChatAnswer[] answers = [.. Enumerable.Range(0, request.Count).Select(_ => new ChatAnswer())];
        await foreach (var (index, delta) in _runner.RunAsync(context, request).ConfigureAwait(false))
            answers[index].Add(delta);
        var reply = new ChatCompletion
        {
            Id = ServerCore.NewId("chatcmpl-"),
            Created = ServerCore.Now,
            Model = core.ModelName,
            SystemFingerprint = core.Fingerprint,
            Choices = [.. answers.Select((answer, i) => ChoiceOf(request, answer, i))],
            Usage = UsageOf(answers),
            Timings = Timings.Of(answers[0].Statistics),
        };
        await Reply.JsonAsync(context, reply, ServerJson.Shared.ChatCompletion).ConfigureAwait(false);
    }

    private async Task StreamAsync(HttpContext context, ChatRequest request, bool includeUsage)
    {
        var stream = new EventStream(context, core.Options.Timeout);
        var template = new ChatChunk
        {
            Id = ServerCore.NewId("chatcmpl-"),
            Created = ServerCore.Now,
            Model = core.ModelName,
            SystemFingerprint = core.Fingerprint,
        };
        ChatAnswer[] answers = [.. Enumerable.Range(0, request.Count).Select(_ => new ChatAnswer())];
        bool[] begun = new bool[request.Count];
        await stream.RunAsync(_runner.RunAsync(context, request), SendAsync).ConfigureAwait(false);
        if (includeUsage)
            await stream.SendAsync(template with { Usage = UsageOf(answers) }, ServerJson.Shared.ChatChunk).ConfigureAwait(false);
        await stream.SendDoneAsync().ConfigureAwait(false);

        async Task SendAsync((int Index, ChatDelta Delta) part)
        {
            var (index, delta) = part;
            answers[index].Add(delta);
            if (!begun[index])
            {
                begun[index] = true;
                await SendChoiceAsync(new ChunkChoice(index, new ChunkDelta("assistant", ""), null, null)).ConfigureAwait(false);
            }
            var logProbs = delta.LogProbs is { } known ? new ChatLogProbs([TokenLogProbBody.Of(known)]) : null;
            if (delta.Text.Length > 0 || logProbs is not null || delta.ToolCalls.Count > 0)
            {
                string? text = delta.Text.Length > 0 || delta.ToolCalls.Count == 0 ? delta.Text : null;
                var news = new ChunkDelta(null, text, CallsOf(delta));
                await SendChoiceAsync(new ChunkChoice(index, news, logProbs, null)).ConfigureAwait(false);
            }
            if (delta.Finish != FinishReason.None)
            {
                var last = new ChunkChoice(index, new ChunkDelta(), null, answers[index].FinishWord);
                await SendChoiceAsync(last, Timings.Of(answers[index].Statistics)).ConfigureAwait(false);
            }
        }

        Task SendChoiceAsync(ChunkChoice choice, Timings? timings = null) =>
            stream.SendAsync(template with { Choices = [choice], Timings = timings }, ServerJson.Shared.ChatChunk);
    }

    private static Usage UsageOf(ChatAnswer[] answers) =>
        Usage.Sum([answers[0].Statistics], answers.Skip(1).Select(answer => answer.Statistics));

    private static ToolCallBody[]? CallsOf(ChatDelta delta) => delta.ToolCalls.Count == 0
        ? null
        :
        [
            .. delta.ToolCalls.Select(call => new ToolCallBody(
                call.Index, call.Id, call.Id is null ? null : "function", new FunctionBody(call.Name, call.Arguments))),
        ];

    private static ChatChoice ChoiceOf(ChatRequest request, ChatAnswer answer, int index)
    {
        ToolCallBody[]? calls = answer.Calls.Count == 0
            ? null
            : [.. answer.Calls.Select(call => new ToolCallBody(null, call.Id, "function", new FunctionBody(call.Name, call.Arguments)))];
        string? content = calls is not null && answer.Text.Length == 0 ? null : answer.Text;
        var logProbs = request.TopLogProbs < 0 ? null : new ChatLogProbs([.. answer.LogProbs.Select(each => TokenLogProbBody.Of(each))]);
        return new ChatChoice(index, new ChatReply("assistant", content, null, calls), logProbs, answer.FinishWord);
    }
}
