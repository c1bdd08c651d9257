using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Quipu.Server.Http;

/// <summary>Writes whole answers.</summary>
internal static class Reply
{
    /// <summary>Writes JSON.</summary>
    public static async Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Writes a text of some type.</summary>
    public static async Task TextAsync(HttpContext context, string text, string contentType)
    {
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Writes a refusal in the shape of OpenAI, which for Anthropic's clients carries their <c>type</c> too.</summary>
    public static Task ErrorAsync(HttpContext context, ApiException error)
    {
        if (error.RetryAfter > 0)
            context.Response.Headers.RetryAfter = error.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (error.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        bool anthropic = context.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal);
        return JsonAsync(context, ErrorOf(error) with { Type = anthropic ? "error" : null }, ServerJson.Shared.ErrorBody, error.Status);
    }

    /// <summary>The body of a refusal.</summary>
    public static ErrorBody ErrorOf(ApiException error) =>
        new(new ErrorDetail(error.Message, ErrorDetail.TypeOf(error.Status), error.Param, error.Code));
}
