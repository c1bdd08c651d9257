using Microsoft.AspNetCore.Http;
using Quipu.Server.Http;

namespace Quipu.Server.Security;

/// <summary>What every request passes before it is looked at: host, origin, key, and the number of requests at once.</summary>
/// <param name="options">Who may come in.</param>
internal sealed class Gate(ServerOptions options)
{
    // What a browser loads before it can ask for a key, and what a supervisor asks that has none.
    private static readonly HashSet<string> Open = new(StringComparer.Ordinal) { "/", "/index.html", "/favicon.ico", "/health", "/v1/health" };

    private readonly HostCheck _hosts = new(options.Host, options.AllowedHosts);
    private readonly Origins _origins = new(options.CorsOrigins);
    private readonly ApiKeys _keys = new(options.ApiKeys);
    private int _requests;
    private volatile bool _closed;

    /// <summary>Lets no new request in; those inside go on.</summary>
    public void Close() => _closed = true;

    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        SetHeaders(context.Response.Headers);
        if (!_hosts.Admits(context.Request))
            throw new ApiException(
                403,
                "The Host header names another machine than the loopback that this server listens on. "
                + "Behind a proxy, start it with --allow-host NAME.",
                code: "host_not_allowed");
        if (!_origins.Admit(context))
            throw new ApiException(
                403, "Pages of this origin may not ask. Start the server with --cors-origin ORIGIN to allow it.", code: "origin_not_allowed");
        if (Origins.AnswerPreflight(context))
            return;
        if (!Open.Contains(context.Request.Path.Value ?? "") && !_keys.Admits(context.Request))
            throw new ApiException(401, "A valid API key is needed: send the header 'Authorization: Bearer KEY'.", code: "invalid_api_key");
        if (_closed)
            throw new ApiException(503, "The server is stopping.", code: "server_stopping") { RetryAfter = 5 };
        try
        {
            if (Interlocked.Increment(ref _requests) > options.MaxRequests)
            {
                string message = $"The server has {options.MaxRequests} requests in hand and takes no more at once.";
                throw new ApiException(503, message, code: "too_many_requests") { RetryAfter = 1 };
            }

            await next(context).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }
}
