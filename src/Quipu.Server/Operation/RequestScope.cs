using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Quipu.Server.Operation;

/// <summary>What is known of a request while it runs, for its line in the log and for the metrics.</summary>
/// <param name="id">Its id, which the answer carries as <c>X-Request-Id</c>.</param>
internal sealed class RequestScope(string id)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _promptTokens;
    private int _cachedTokens;
    private int _generatedTokens;

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>Time since it came.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Tokens of its prompts.</summary>
    public int PromptTokens => _promptTokens;

    /// <summary>Of these, tokens that were in the cache.</summary>
    public int CachedTokens => _cachedTokens;

    /// <summary>Tokens generated for it.</summary>
    public int GeneratedTokens => _generatedTokens;

    /// <summary>Adds a generation's tokens; generations of one request run at the same time.</summary>
    public void Count(int prompt, int cached, int generated)
    {
        Interlocked.Add(ref _promptTokens, prompt);
        Interlocked.Add(ref _cachedTokens, cached);
        Interlocked.Add(ref _generatedTokens, generated);
    }

    /// <summary>The scope of a request.</summary>
    public static RequestScope Of(HttpContext context) => context.Features.Get<RequestScope>()
        ?? throw new InvalidOperationException("The request did not pass the observer.");
}
