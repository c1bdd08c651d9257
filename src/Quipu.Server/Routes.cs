using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Server.Operation;
using Quipu.Server.Page;

namespace Quipu.Server;

/// <summary>All routes: one line a family of endpoints.</summary>
internal static class Routes
{
    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerCore core)
    {
        var page = WebPage.Load();
        RequestDelegate servePage = context => page?.ServeAsync(context) ?? throw WebPage.Absent();
        routes.MapMethods("/", ["GET", "HEAD"], servePage);
        routes.MapMethods("/index.html", ["GET", "HEAD"], servePage);
        new StateEndpoints(core).Map(routes);
        new MetricsEndpoint(core).Map(routes);
        OpenApiEndpoint.Map(routes, core.Options);
        new ModelEndpoints(core).Map(routes);
        new Native.TokenEndpoints(core).Map(routes);
        new Native.CompletionEndpoint(core).Map(routes);
        new Native.InfillEndpoint(core).Map(routes);
        new Chat.ChatCompletionsEndpoint(core).Map(routes);
        new Completions.CompletionsEndpoint(core).Map(routes);
        new Responses.ResponsesEndpoint(core).Map(routes);
        new Messages.MessagesEndpoint(core).Map(routes);
        new Embeddings.EmbeddingsEndpoint(core).Map(routes);
    }

    /// <summary>The prefix of all paths as it is compared: with a slash before it and none behind; empty where there is none.</summary>
    public static string Prefix(ServerOptions options) => options.UrlPrefix.Trim('/') is { Length: > 0 } prefix ? "/" + prefix : "";

    /// <summary>Takes the prefix from a request's path; what comes without it is not for this server.</summary>
    public static Task TakePrefixAsync(HttpContext context, string prefix, RequestDelegate next)
    {
        if (prefix.Length == 0)
            return next(context);
        if (!context.Request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest))
        {
            if (context.Request.Path == "/" && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
            {
                // A person who left the prefix out.
                context.Response.Redirect(prefix + "/");
                return Task.CompletedTask;
            }
            throw new Http.ApiException(404, $"All paths of this server begin with {prefix}.", code: "unknown_url");
        }
        if (!rest.HasValue)
        {
            // The page asks below its own folder, which it takes from the slash.
            context.Response.Redirect(prefix + "/", permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        }
        context.Request.PathBase = prefix;
        context.Request.Path = rest;
        return next(context);
    }
}
