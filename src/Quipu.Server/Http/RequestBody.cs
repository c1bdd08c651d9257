using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Quipu.Server.Http;

/// <summary>Reads the JSON of a request, within limits: size by Kestrel, time by the options, depth here.</summary>
internal static class RequestBody
{
    // Schemas nest; nothing that is meant seriously nests deeper.
    private const int MaxDepth = 128;

    /// <summary>Reads and checks a body that must be a JSON object.</summary>
    /// <param name="context">The request.</param>
    /// <param name="timeout">How long the body may take to arrive.</param>
    /// <returns>The document; whoever asked disposes it.</returns>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, TimeSpan timeout)
    {
        CheckContentType(context.Request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(timeout);
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiException(408, $"The body did not arrive within {timeout.TotalSeconds} seconds.", code: "request_timeout");
        }
        return Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    /// <summary>Parses a JSON object and checks that every text in it is one.</summary>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw new ApiException(400, "The body is empty: send a JSON object.", code: "invalid_json");
        if (!Utf8.IsValid(body.Span))
            throw new ApiException(400, "The body is not UTF-8.", code: "invalid_json");
        JsonDocument? document = null;
        try
        {
            CheckEscapes(body.Span);
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException error)
        {
            throw new ApiException(400, "The body is no JSON: " + error.Message, code: "invalid_json");
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        string found = Fields.Kind(document.RootElement);
        document.Dispose();
        throw new ApiException(400, $"The body must be a JSON object, but is {found}.", code: "invalid_json");
    }

    /// <summary>JSON lets half a surrogate pair be written as an escape; it is no text, and nobody later shall stumble over it.</summary>
    private static void CheckEscapes(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped)
                continue;
            byte[] text = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
            try
            {
                reader.CopyString(text);
            }
            catch (InvalidOperationException)
            {
                throw new ApiException(
                    400, $"The string at byte {reader.TokenStartIndex} has an escape that is half a surrogate pair.", code: "invalid_json");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(text);
            }
        }
    }

    private static void CheckContentType(HttpRequest request)
    {
        // A missing type is taken for JSON: old scripts leave it out. A page of a foreign origin is held back by the origin check.
        string type = (request.ContentType ?? "application/json").Split(';')[0].Trim();
        bool json = type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
        if (!json)
            throw new ApiException(
                415,
                $"The body is '{Fields.Shorten(type)}': send JSON with the header 'Content-Type: application/json'.",
                code: "unsupported_media_type");
    }
}
