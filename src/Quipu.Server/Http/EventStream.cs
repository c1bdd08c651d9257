using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Quipu.Server.Http;

/// <summary>
/// An answer as server-sent events. Nothing is sent before the first event, so that a refusal can still have its status; while the first
/// event is long in coming, comments keep the connection alive and find out whether the client is still there.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="timeout">How long the client may take to read a part of the answer.</param>
internal sealed class EventStream(HttpContext context, TimeSpan timeout)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Whether something was sent, and a status can no longer be.</summary>
    public bool HasStarted => context.Response.HasStarted;

    /// <summary>Sends one event.</summary>
    /// <param name="value">Its data.</param>
    /// <param name="type">How it is written.</param>
    /// <param name="name">Its name; OpenAI's older streams have none.</param>
    public Task SendAsync<T>(T value, JsonTypeInfo<T> type, string? name = null)
    {
        Start();
        var body = context.Response.BodyWriter;
        if (name is not null)
            Write($"event: {name}\n");
        body.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(writer, value, type);
        body.Write("\n\n"u8);
        return FlushAsync();
    }

    /// <summary>Sends the mark after which nothing comes in OpenAI's older streams.</summary>
    public Task SendDoneAsync()
    {
        Start();
        context.Response.BodyWriter.Write("data: [DONE]\n\n"u8);
        return FlushAsync();
    }

    /// <summary>Waits for what will be sent next, and keeps the connection alive meanwhile.</summary>
    public async Task<T> WaitAsync<T>(ValueTask<T> next)
    {
        if (next.IsCompleted)
            return await next.ConfigureAwait(false);
        var task = next.AsTask();
        while (await Task.WhenAny(task, Task.Delay(KeepAlive, context.RequestAborted)).ConfigureAwait(false) != task)
        {
            if (context.RequestAborted.IsCancellationRequested)
                break;
            Start();
            context.Response.BodyWriter.Write(": keep-alive\n\n"u8);
            try
            {
                await FlushAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break; // The client is gone, which the generation learns too.
            }
        }
        return await task.ConfigureAwait(false);
    }

    /// <summary>
    /// Sends the parts of an answer as they come. A fault before the first part is the caller's to answer; one after it is told as an
    /// event, and ends the stream.
    /// </summary>
    /// <param name="parts">The parts.</param>
    /// <param name="send">Sends one.</param>
    public async Task RunAsync<T>(IAsyncEnumerable<T> parts, Func<T, Task> send)
    {
        try
        {
            await using var each = parts.GetAsyncEnumerator(context.RequestAborted);
            while (await WaitAsync(each.MoveNextAsync()).ConfigureAwait(false))
                await send(each.Current).ConfigureAwait(false);
        }
        catch (Exception error) when (HasStarted && !context.RequestAborted.IsCancellationRequested && Failures.Describe(error) is { } refusal)
        {
            bool anthropic = context.Request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal);
            var body = Reply.ErrorOf(refusal) with { Type = anthropic ? "error" : null };
            await SendAsync(body, ServerJson.Shared.ErrorBody, anthropic ? "error" : null).ConfigureAwait(false);
            throw new StreamEndedException();
        }
    }

    private void Start()
    {
        if (context.Response.HasStarted || context.Response.ContentType is not null)
            return;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        // nginx would collect the events otherwise.
        context.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private void Write(string text) => context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends what is written. A client that does not take it in time is cut off: it shall not hold a slot for ever.</summary>
    private async Task FlushAsync()
    {
        var flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        if (flush.IsCompletedSuccessfully)
            return;
        var task = flush.AsTask();
        try
        {
            await task.WaitAsync(timeout, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            context.Abort();
            throw new OperationCanceledException("The client does not read its answer.", context.RequestAborted);
        }
    }
}
