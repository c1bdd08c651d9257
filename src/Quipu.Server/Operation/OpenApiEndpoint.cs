using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Quipu.Server.Operation;

/// <summary><c>/openapi.json</c>: the description of all of this, for tools. A test holds it against the routes.</summary>
internal static class OpenApiEndpoint
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerOptions options)
    {
        var document = new Lazy<byte[]>(() => Load(options));
        routes.MapGet("/openapi.json", async context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = document.Value.Length;
            await context.Response.Body.WriteAsync(document.Value, context.RequestAborted).ConfigureAwait(false);
        });
    }

    private static byte[] Load(ServerOptions options)
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream("Quipu.Server.openapi.json")!;
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd()
            .Replace("\"url\": \"/\"", $"\"url\": \"{Routes.Prefix(options)}/\"", StringComparison.Ordinal)
            .Replace("\"version\": \"0\"", $"\"version\": \"{options.Version}\"", StringComparison.Ordinal);
        return System.Text.Encoding.UTF8.GetBytes(text);
    }
}
