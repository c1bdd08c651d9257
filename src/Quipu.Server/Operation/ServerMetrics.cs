using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Quipu.Engine;

namespace Quipu.Server.Operation;

/// <summary>What the server counts since it started.</summary>
internal sealed class ServerMetrics
{
    private readonly ConcurrentDictionary<(string Route, int Status), StrongCount> _requests = new();
    private readonly Histogram _requestTime = new();
    private readonly Histogram _firstToken = new();
    private readonly Histogram _tokenTime = new();
    private long _promptTokens;
    private long _cachedTokens;
    private long _generatedTokens;
    private long _promptTicks;
    private long _generationTicks;
    private long _cancelled;

    /// <summary>Counts a request that has ended.</summary>
    public void CountRequest(string route, int status, TimeSpan elapsed)
    {
        _requests.GetOrAdd((route, status), _ => new StrongCount()).Increment();
        _requestTime.Add(elapsed);
    }

    /// <summary>Counts the time from a request to its first token.</summary>
    public void CountFirstToken(TimeSpan elapsed) => _firstToken.Add(elapsed);

    /// <summary>Counts a generation that its client did not wait for.</summary>
    public void CountCancelled() => Interlocked.Increment(ref _cancelled);

    /// <summary>Counts a generation that has ended.</summary>
    public void CountGeneration(GenerationStatistics statistics)
    {
        Interlocked.Add(ref _promptTokens, statistics.PromptTokens);
        Interlocked.Add(ref _cachedTokens, statistics.ReusedTokens);
        Interlocked.Add(ref _generatedTokens, statistics.GeneratedTokens);
        Interlocked.Add(ref _promptTicks, statistics.PromptTime.Ticks);
        Interlocked.Add(ref _generationTicks, statistics.GenerationTime.Ticks);
        if (statistics.GeneratedTokens > 1)
            _tokenTime.Add(statistics.GenerationTime / (statistics.GeneratedTokens - 1));
    }

    /// <summary>Counts the tokens of an embedding.</summary>
    public void CountEmbedding(int tokens) => Interlocked.Add(ref _promptTokens, tokens);

    /// <summary>Writes all of it in Prometheus' text format.</summary>
    /// <param name="text">Receives it.</param>
    public void Write(StringBuilder text)
    {
        text.Append("# HELP quipu_requests_total Requests that have ended.\n# TYPE quipu_requests_total counter\n");
        foreach (var ((route, status), count) in _requests.OrderBy(entry => entry.Key.Route, StringComparer.Ordinal).ThenBy(entry => entry.Key.Status))
            text.Append(CultureInfo.InvariantCulture, $"quipu_requests_total{{route=\"{route}\",status=\"{status}\"}} {count.Value}\n");
        _requestTime.Write(text, "quipu_request_seconds", "Time from a request to the end of its answer.");
        _firstToken.Write(text, "quipu_first_token_seconds", "Time from a request to its first token, waiting included.");
        _tokenTime.Write(text, "quipu_token_seconds", "Mean time between the tokens of an answer.");
        Counter(text, "quipu_generations_cancelled_total", "Generations whose client went away.", Interlocked.Read(ref _cancelled));
        Counter(text, "quipu_prompt_tokens_total", "Tokens of prompts.", Interlocked.Read(ref _promptTokens));
        Counter(text, "quipu_cached_tokens_total", "Of these, tokens that were in the cache.", Interlocked.Read(ref _cachedTokens));
        Counter(text, "quipu_generated_tokens_total", "Tokens generated.", Interlocked.Read(ref _generatedTokens));
        Counter(text, "quipu_prompt_seconds_total", "Time in which prompts were computed.", Seconds(ref _promptTicks));
        Counter(text, "quipu_generation_seconds_total", "Time in which answers were generated.", Seconds(ref _generationTicks));
    }

    /// <summary>Writes a number that only grows.</summary>
    public static void Counter(StringBuilder text, string name, string help, double value) => Write(text, name, help, "counter", value);

    /// <summary>Writes a number of this moment.</summary>
    public static void Gauge(StringBuilder text, string name, string help, double value) => Write(text, name, help, "gauge", value);

    private static void Write(StringBuilder text, string name, string help, string type, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");

    private static double Seconds(ref long ticks) => TimeSpan.FromTicks(Interlocked.Read(ref ticks)).TotalSeconds;

    private sealed class StrongCount
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);
    }
}
