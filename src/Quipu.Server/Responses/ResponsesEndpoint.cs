using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Server.Chat;
using Quipu.Server.Http;

namespace Quipu.Server.Responses;

/// <summary>OpenAI's <c>/v1/responses</c>, without storage: text, streaming events, and functions.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class ResponsesEndpoint(ServerCore core)
{
    private readonly ChatRunner _runner = new(core);

    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/responses", ServeAsync);

    private async Task ServeAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context, core.Options.Timeout).ConfigureAwait(false);
        var fields = new Fields(body.RootElement);
        var request = ResponseRequest.Read(fields, core);
        var parts = _runner.RunAsync(context, request.Chat);
        if (fields.Bool("stream"))
        {
            var events = new EventStream(context, core.Options.Timeout);
            var stream = new ResponseStream(events, request.Template);
            await events.RunAsync(parts, part => stream.SendAsync(part.Delta)).ConfigureAwait(false);
            return;
        }
        var output = new ResponseOutput();
        await foreach (var (_, delta) in parts.ConfigureAwait(false))
            output.Add(delta);
        await Reply.JsonAsync(context, output.Complete(request.Template), ServerJson.Shared.ResponseBody).ConfigureAwait(false);
    }
}
