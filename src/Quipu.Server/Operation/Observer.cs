using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Quipu.Server.Http;

namespace Quipu.Server.Operation;

/// <summary>
/// Around everything: gives the request its id, turns exceptions into refusals of OpenAI's shape, writes the log's line and counts.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="metrics">The counters.</param>
internal sealed class Observer(ServerLog log, ServerMetrics metrics)
{
    private const int ClientClosedRequest = 499; // nginx's number, for the log alone: nobody is there to read it

    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var scope = new RequestScope("req_" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        context.Features.Set(scope);
        context.Response.Headers["X-Request-Id"] = scope.Id;
        int status;
        try
        {
            await next(context).ConfigureAwait(false);
            await ExplainAsync(context).ConfigureAwait(false);
            status = context.RequestAborted.IsCancellationRequested ? ClientClosedRequest : context.Response.StatusCode;
        }
        catch (StreamEndedException)
        {
            status = context.Response.StatusCode;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            status = ClientClosedRequest;
        }
#pragma warning disable CA1031 // The last place that can turn an exception into an answer; the log has it all.
        catch (Exception error)
#pragma warning restore CA1031
        {
            status = await RefuseAsync(context, scope, error).ConfigureAwait(false);
        }
        // A pattern, not the path: what is asked from outside must not make new series.
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        metrics.CountRequest(route, status, scope.Elapsed);
        log.Write(
            LogLevel.Information,
            $"{context.Request.Method} {Fields.Shorten(context.Request.PathBase + context.Request.Path)} {status}",
            ("seconds", Math.Round(scope.Elapsed.TotalSeconds, 3)),
            ("prompt_tokens", NotZero(scope.PromptTokens)),
            ("cached_tokens", NotZero(scope.CachedTokens)),
            ("generated_tokens", NotZero(scope.GeneratedTokens)),
            ("client", context.Connection.RemoteIpAddress),
            ("request_id", scope.Id));
    }

    private async Task<int> RefuseAsync(HttpContext context, RequestScope scope, Exception error)
    {
        var refusal = Failures.Describe(error);
        if (refusal is null)
            log.Write(LogLevel.Error, "fault of the server", ("error", error.ToString()), ("request_id", scope.Id));
        refusal ??= new ApiException(500, $"The server failed; its log tells more under {scope.Id}.", code: "server_error");
        if (context.Response.HasStarted)
        {
            context.Abort();
            return refusal.Status;
        }
        // What an unread body holds up is not worth the connection.
        var headers = context.Response.Headers;
        headers.ContentEncoding = default;
        headers.ETag = default;
        await Reply.ErrorAsync(context, refusal).ConfigureAwait(false);
        return refusal.Status;
    }

    /// <summary>Gives the empty refusals of the router a body.</summary>
    private static async Task ExplainAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode is not (404 or 405) || response.ContentLength is not null)
            return;
        string asked = $"{context.Request.Method} {Fields.Shorten(context.Request.Path.Value ?? "")}";
        await Reply.ErrorAsync(context, response.StatusCode == 404
            ? new ApiException(404, $"There is no {asked}. GET /openapi.json lists what there is.", code: "unknown_url")
            : new ApiException(405, $"There is no {asked}, but the path has {response.Headers.Allow}.", code: "method_not_allowed")).ConfigureAwait(false);
    }

    private static int? NotZero(int value) => value == 0 ? null : value;
}
