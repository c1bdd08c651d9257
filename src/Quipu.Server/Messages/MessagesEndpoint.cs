using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Engine;
using Quipu.Server.Chat;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Messages;

/// <summary>Anthropic's <c>/v1/messages</c>, and the count of a request's tokens.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class MessagesEndpoint(ServerCore core)
{
    private readonly ChatRunner _runner = new(core);

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/messages", ServeAsync);
        routes.MapPost("/v1/messages/count_tokens", CountAsync);
    }

    private async Task CountAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var request = MessagesRequestReader.Read(new Fields(body.RootElement), core, counting: true);
        int count = _runner.Encode(request).Length;
        await Reply.JsonAsync(context, new TokenCount(count), ServerJson.Shared.TokenCount).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        var request = MessagesRequestReader.Read(fields, core, counting: false);
        var parts = _runner.RunAsync(context, request);
        var template = new MessageBody
        {
            Id = ServerCore.NewId("msg_"),
            Model = core.ModelName,
            Content = [],
            Usage = new MessageUsage(0, 0, 0, 0),
        };
        var answer = new ChatAnswer();
        if (fields.Bool("stream"))
        {
            var events = new EventStream(context, core.Options.Timeout);
            var stream = new MessageStream(events, template);
            await events.RunAsync(parts, SendAsync).ConfigureAwait(false);
            return;

            Task SendAsync((int Index, ChatDelta Delta) part)
            {
                answer.Add(part.Delta);
                return stream.SendAsync(part.Delta, answer, part.Delta.Finish == FinishReason.None ? null : StopOf(request, answer));
            }
        }
        await foreach (var (_, delta) in parts.ConfigureAwait(false))
            answer.Add(delta);
        var stop = StopOf(request, answer);
        var reply = template with
        {
            Content = ContentOf(answer),
            StopReason = stop.StopReason,
            StopSequence = stop.StopSequence,
            Usage = MessageUsage.Of(answer.Statistics),
        };
        await Reply.JsonAsync(context, reply, ServerJson.Shared.MessageBody).ConfigureAwait(false);
    }

    private MessageDelta StopOf(ChatRequest request, ChatAnswer answer)
    {
        if (answer.IsCutOff)
            return new MessageDelta { StopReason = "max_tokens" };
        if (answer.Calls.Count > 0)
            return new MessageDelta { StopReason = "tool_use" };
        return answer.Finish == FinishReason.StopString
            ? new MessageDelta
            {
                StopReason = "stop_sequence",
                StopSequence = StoppingWord.Find(request.Options, answer.Finish, [.. answer.Tokens], answer.Text, core.Model.Tokenizer),
            }
            : new MessageDelta { StopReason = "end_turn" };
    }

    private static List<ContentBlock> ContentOf(ChatAnswer answer)
    {
        List<ContentBlock> content = [];
        if (answer.Text.Length > 0 || answer.Calls.Count == 0)
            content.Add(new ContentBlock("text", answer.Text));
        foreach (var call in answer.Calls)
            content.Add(new ContentBlock("tool_use", Id: call.Id, Name: call.Name, Input: InputOf(call)));
        return content;
    }

    /// <summary>The arguments as an object. An answer that was cut off may have half of one, which is shown as the text that it is.</summary>
    private static JsonElement InputOf(CollectedCall call)
    {
        try
        {
            using var document = JsonDocument.Parse(call.Arguments);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(call.Arguments, ServerJson.Shared.String);
        }
    }
}
