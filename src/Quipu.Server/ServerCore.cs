using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using Quipu.Server.Operation;

namespace Quipu.Server;

/// <summary>What all endpoints share: the scheduler, the options, the counters, and the end.</summary>
/// <param name="scheduler">Who computes.</param>
/// <param name="options">What requests get that do not say otherwise.</param>
/// <param name="metrics">The counters.</param>
internal sealed class ServerCore(InferenceScheduler scheduler, ServerOptions options, ServerMetrics metrics) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Who computes.</summary>
    public InferenceScheduler Scheduler => scheduler;

    /// <summary>The model.</summary>
    public LanguageModel Model => scheduler.Model;

    /// <summary>The model's name in answers.</summary>
    public string ModelName { get; } = options.ModelAlias ?? Path.GetFileNameWithoutExtension(scheduler.Model.FileName);

    /// <summary>OpenAI's mark of what computed: answers with the same seed and mark are the same.</summary>
    public string Fingerprint { get; } = "quipu-" + options.Version;

    /// <summary>How the server was started.</summary>
    public ServerOptions Options => options;

    /// <summary>The counters.</summary>
    public ServerMetrics Metrics => metrics;

    /// <summary>When the server started, in seconds since 1970: the model's <c>created</c>.</summary>
    public long Started { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Runs a generation for a request, until it ends, the client goes away, or the server must stop.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="cancellationToken">Ends it for a reason of the caller's.</param>
    public async IAsyncEnumerable<GenerationStep> GenerateAsync(
        HttpContext context, GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token, cancellationToken);
        var scope = RequestScope.Of(context);
        bool first = true;
        bool ended = false;
        try
        {
            await foreach (var step in scheduler.GenerateAsync(request with { Id = scope.Id }, end.Token).ConfigureAwait(false))
            {
                if (first)
                    metrics.CountFirstToken(scope.Elapsed);
                first = false;
                if (step.Statistics is { } statistics && step.Finish != FinishReason.None)
                {
                    ended = true;
                    metrics.CountGeneration(statistics);
                    scope.Count(statistics.PromptTokens, statistics.ReusedTokens, statistics.GeneratedTokens);
                }
                yield return step;
            }
        }
        finally
        {
            if (!ended && end.IsCancellationRequested)
                metrics.CountCancelled();
        }
    }

    /// <summary>The embedding of a text, of any length.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tokens">The text's tokens.</param>
    public async Task<float[]> EmbedAsync(HttpContext context, int[] tokens)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        float[] vector = await scheduler.EmbedAsync(tokens, options.Pooling, end.Token).ConfigureAwait(false);
        metrics.CountEmbedding(tokens.Length);
        RequestScope.Of(context).Count(tokens.Length, 0, 0);
        return vector;
    }

    /// <summary>Ends all generations: the grace time is over.</summary>
    public void EndGenerations() => _stop.Cancel();

    /// <summary>A new id, such as <c>chatcmpl-…</c>.</summary>
    public static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Seconds since 1970.</summary>
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
