using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Quipu.Engine.Scheduling;
using Quipu.Server.Http;

namespace Quipu.Server.Operation;

/// <summary><c>/metrics</c>: everything that can be counted, for Prometheus.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class MetricsEndpoint(ServerCore core)
{
    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", ServeAsync);

    private Task ServeAsync(HttpContext context)
    {
        if (!core.Options.MetricsEndpoint)
            throw new ApiException(501, "This server does not show its metrics: it was started with --no-metrics.", code: "not_supported");
        var text = new StringBuilder(8192);
        core.Metrics.Write(text);
        Write(text, core.Scheduler.Snapshot());
        return Reply.TextAsync(context, text.ToString(), "text/plain; version=0.0.4; charset=utf-8");
    }

    private static void Write(StringBuilder text, SchedulerSnapshot now)
    {
        int busy = now.Slots.Count(slot => slot.State != SlotState.Idle);
        ServerMetrics.Gauge(text, "quipu_slots", "Requests that can be computed at once.", now.Slots.Length);
        ServerMetrics.Gauge(text, "quipu_slots_busy", "Requests that are computed.", busy);
        ServerMetrics.Gauge(text, "quipu_queue_waiting", "Requests that wait for a slot.", now.Waiting);
        ServerMetrics.Gauge(text, "quipu_queue_length", "Requests that may wait.", now.QueueLength);
        ServerMetrics.Counter(text, "quipu_queue_refused_total", "Requests refused because the queue was full.", now.Totals.Refused);
        ServerMetrics.Counter(text, "quipu_queue_seconds_total", "Time that requests waited for a slot.", now.Totals.QueueSeconds);
        ServerMetrics.Gauge(text, "quipu_cache_bytes", "Bytes that the key/value cache can hold.", now.CacheBytes);
        ServerMetrics.Gauge(text, "quipu_cache_used_bytes", "Bytes that running requests and kept prefixes hold.", now.CacheUsedBytes);
        ServerMetrics.Gauge(text, "quipu_cache_prefixes", "Prefixes of finished requests that are kept.", now.KeptPrefixes);
        ServerMetrics.Counter(text, "quipu_cache_evicted_total", "Prefixes dropped because their memory was needed.", now.Totals.EvictedPrefixes);
        ServerMetrics.Counter(text, "quipu_passes_total", "Forward passes.", now.Totals.Passes);
        ServerMetrics.Counter(text, "quipu_pass_rows_total", "Tokens computed in them.", now.Totals.Rows);
        ServerMetrics.Counter(text, "quipu_pass_seconds_total", "Time of the passes.", now.Totals.PassSeconds);
        ServerMetrics.Gauge(text, "process_resident_memory_bytes", "Memory that the process holds.", Environment.WorkingSet);
        // Dashboards made for llama.cpp's server find what they look for.
        ServerMetrics.Counter(text, "llamacpp:prompt_tokens_total", "Number of prompt tokens processed.", now.Totals.PromptTokens - now.Totals.CachedTokens);
        ServerMetrics.Counter(text, "llamacpp:prompt_seconds_total", "Prompt process time", now.Totals.PromptSeconds);
        ServerMetrics.Counter(text, "llamacpp:tokens_predicted_total", "Number of generation tokens processed.", now.Totals.GeneratedTokens);
        ServerMetrics.Counter(text, "llamacpp:tokens_predicted_seconds_total", "Predict process time", now.Totals.GenerationSeconds);
        ServerMetrics.Gauge(text, "llamacpp:requests_processing", "Number of requests processing.", busy);
        ServerMetrics.Gauge(text, "llamacpp:requests_deferred", "Number of requests deferred.", now.Waiting);
    }
}
