using System.Globalization;
using System.Text;
using Quipu.Engine;

namespace Quipu.Cli.Chat;

/// <summary>What the answers of this session took.</summary>
internal sealed class SessionStatistics(TimeSpan loadTime)
{
    private GenerationStatistics _last = new();
    private int _promptTokens;
    private TimeSpan _promptTime;
    private int _generatedTokens;
    private TimeSpan _generationTime;
    private TimeSpan _samplingTime;
    private int _reusedTokens;

    /// <summary>Adds what one answer took.</summary>
    public void Add(GenerationStatistics statistics)
    {
        _last = statistics;
        _promptTokens += statistics.PromptTokens - statistics.ReusedTokens;
        _reusedTokens += statistics.ReusedTokens;
        _promptTime += statistics.PromptTime;
        _generatedTokens += statistics.GeneratedTokens;
        _generationTime += statistics.GenerationTime;
        _samplingTime += statistics.SamplingTime;
    }

    /// <summary>One line about the last answer.</summary>
    public string DescribeLast()
    {
        int computed = _last.PromptTokens - _last.ReusedTokens;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"prompt {_last.PromptTokens} tokens, {_last.ReusedTokens} reused, {computed} computed at {Rate(computed, _last.PromptTime)} tokens/s; "
            + $"answer {_last.GeneratedTokens} tokens at {Rate(_last.GeneratedTokens, _last.GenerationTime)} tokens/s");
    }

    /// <summary>A table of the whole session.</summary>
    /// <param name="cacheBytes">Bytes of keys and values.</param>
    /// <param name="activationBytes">Bytes that a pass takes.</param>
    /// <param name="processBytes">Bytes of the program in memory, without the mapped model file.</param>
    public string Describe(long cacheBytes, long activationBytes, long processBytes)
    {
        var text = new StringBuilder();
        Append(text, "load", loadTime, null);
        Append(text, "sample", _samplingTime, _generatedTokens);
        Append(text, "prompt eval", _promptTime, _promptTokens);
        Append(text, "eval", _generationTime, _generatedTokens);
        Append(text, "total", loadTime + _samplingTime + _promptTime + _generationTime, _promptTokens + _generatedTokens);
        text.Append(CultureInfo.InvariantCulture, $"reused: {_reusedTokens} prompt tokens were still in the cache\n");
        text.Append(CultureInfo.InvariantCulture, $"memory beside the mapped model file: {Megabytes(processBytes)} MB; the cache takes {Megabytes(cacheBytes)} MB when full, ");
        text.Append(CultureInfo.InvariantCulture, $"activations take {Megabytes(activationBytes)} MB");
        return text.ToString();
    }

    private static void Append(StringBuilder text, string label, TimeSpan time, int? tokens)
    {
        text.Append(CultureInfo.InvariantCulture, $"{label,11}: {time.TotalMilliseconds,10:F1} ms");
        if (tokens is { } count)
        {
            double each = count == 0 ? 0 : time.TotalMilliseconds / count;
            text.Append(CultureInfo.InvariantCulture, $" / {count,6} tokens ({each,8:F2} ms per token, {Rate(count, time),8} tokens/s)");
        }
        text.Append('\n');
    }

    private static string Rate(int tokens, TimeSpan time) =>
        time <= TimeSpan.Zero ? "0.0" : (tokens / time.TotalSeconds).ToString("F1", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("F1", CultureInfo.InvariantCulture);
}
