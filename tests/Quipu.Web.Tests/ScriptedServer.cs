using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Quipu.Server.Page;
using Quipu.Testing;

namespace Quipu.Web.Tests;

/// <summary>
/// A server that serves the built page under the policy of the program and answers as its script says, so that tests can have what a real
/// model does not do on demand: endless answers, errors, a busy queue, hostile text.
/// </summary>
internal sealed partial class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _prefix;

    private ScriptedServer(WebApplication app, string prefix) => (_app, _prefix) = (app, prefix);

    /// <summary>The page's address.</summary>
    public string Url => _app.Urls.Single() + _prefix + "/";

    /// <summary>Makes the pieces of an answer from the last message, or from the text to continue.</summary>
    public Func<string, IEnumerable<string>> Answer { get; set; } = message => Pieces($"You said: {message}");

    /// <summary>Refuses a request instead of answering; null answers.</summary>
    public Func<string, Refusal?> Refuse { get; set; } = _ => null;

    /// <summary>How long a piece takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>After so many pieces the body ends, though the answer does not.</summary>
    public int BreakAfter { get; set; } = int.MaxValue;

    /// <summary>A model without a chat template.</summary>
    public bool IsBase { get; init; }

    /// <summary>The key that requests must have, if any.</summary>
    public string? Key { get; init; }

    /// <summary>The bodies of requests for answers.</summary>
    public ConcurrentQueue<JsonNode> Requests { get; } = new();

    /// <summary>How many answers were ended by the client.</summary>
    public int Aborted => _aborted;

    private int _aborted;

    public static async Task<ScriptedServer> StartAsync(bool isBase = false, string? key = null, string prefix = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new ScriptedServer(app, prefix) { IsBase = isBase, Key = key };
        app.Run(server.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Words, each with the blank before it.</summary>
    public static IEnumerable<string> Pieces(string text) => Word().Matches(text).Select(match => match.Value);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (!path.StartsWith(_prefix + "/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        path = path[_prefix.Length..];
        if (path == "/")
            await ServePageAsync(context);
        else if (Key is not null && context.Request.Headers.Authorization != $"Bearer {Key}")
            await new Refusal(401, new { message = "wrong key", type = "authentication_error" }).SendAsync(context.Response);
        else
            await AnswerAsync(context, path);
    }

    private Task AnswerAsync(HttpContext context, string path) => path switch
    {
        "/props" => context.Response.WriteAsJsonAsync(new
        {
            chat_template = IsBase ? "" : "{{ messages }}",
            system_prompt = (string?)null,
            default_generation_settings = new { n_ctx = 2048, @params = new { temperature = 0.8, top_k = 40 } },
        }),
        "/v1/models" => context.Response.WriteAsJsonAsync(new { data = new[] { new { id = "scripted" } } }),
        "/tokenize" => TokenizeAsync(context),
        "/v1/chat/completions" => StreamAsync(context, body => (string)body["messages"]!.AsArray()[^1]!["content"]!, ChatChoice),
        "/v1/completions" => StreamAsync(context, body => (string)body["prompt"]!, CompletionChoice),
        _ => new Refusal(404, new { message = $"no {path}" }).SendAsync(context.Response),
    };

    private static async Task TokenizeAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body);
        await context.Response.WriteAsJsonAsync(new { tokens = Pieces((string)body!["content"]!).Select((_, index) => index) });
    }

    private async Task StreamAsync(HttpContext context, Func<JsonNode, string> last, Func<string?, bool, object> choice)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        Requests.Enqueue(body);
        string message = last(body);
        if (Refuse(message) is { } refusal)
        {
            await refusal.SendAsync(context.Response);
            return;
        }
        bool probabilities = body["logprobs"] is not null;
        context.Response.ContentType = "text/event-stream";
        int count = 0;
        try
        {
            foreach (string piece in Answer(message))
            {
                if (count++ == BreakAfter)
                    return;
                await SendAsync(context, new { choices = new[] { choice(piece, probabilities) } });
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, context.RequestAborted);
            }
            await SendAsync(context, new { choices = new[] { choice(null, false) } });
            await SendAsync(context, new
            {
                choices = Array.Empty<object>(),
                usage = new { prompt_tokens = 20, completion_tokens = count },
                timings = new { cache_n = 0, prompt_n = 20, predicted_n = count, predicted_per_second = 50.0 },
            });
            await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _aborted);
        }
    }

    private static async Task SendAsync(HttpContext context, object chunk)
    {
        await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static object ChatChoice(string? piece, bool probabilities) => piece is null
        ? new { delta = new { }, finish_reason = "stop" }
        : new
        {
            delta = new { content = piece },
            finish_reason = (string?)null,
            logprobs = probabilities
                ? new { content = new[] { new { token = piece, logprob = -0.5, top_logprobs = new[] { new { token = piece, logprob = -0.5 }, new { token = " else", logprob = -1.5 } } } } }
                : null,
        };

    private static object CompletionChoice(string? piece, bool probabilities) => new
    {
        text = piece ?? "",
        finish_reason = piece is null ? "length" : null,
        logprobs = probabilities && piece is not null
            ? new { tokens = new[] { piece }, token_logprobs = new[] { -0.5 }, top_logprobs = new[] { new Dictionary<string, double> { [piece] = -0.5 } } }
            : null,
    };

    private static async Task ServePageAsync(HttpContext context)
    {
        string html = await File.ReadAllTextAsync(Path.Combine(TestPaths.Root, "src", "Quipu.Server", "Page", "index.html"), context.RequestAborted);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = WebPage.PolicyOf(html);
        await context.Response.WriteAsync(html, context.RequestAborted);
    }

    [GeneratedRegex(@"\s*\S+|\s+$")]
    private static partial Regex Word();
}

/// <summary>An error of the API.</summary>
internal sealed record Refusal(int Status, object Error, string? RetryAfter = null)
{
    public Task SendAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        if (RetryAfter is not null)
            response.Headers.RetryAfter = RetryAfter;
        return response.WriteAsJsonAsync(new { error = Error });
    }
}
