using Quipu.Engine;

namespace Quipu.Server.Generation;

/// <summary>What a request cost, as OpenAI counts it.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens, PromptTokensDetails PromptTokensDetails)
{
    /// <summary>The cost of a single generation.</summary>
    public static Usage Of(GenerationStatistics statistics) => Sum([statistics]);

    /// <summary>The cost of several prompts with several answers each: a prompt counts once, however many answers it got.</summary>
    /// <param name="statistics">Of the first answer of each prompt first; of further answers then, counted in <paramref name="more"/>.</param>
    /// <param name="more">Of the further answers.</param>
    public static Usage Sum(IEnumerable<GenerationStatistics> statistics, IEnumerable<GenerationStatistics>? more = null)
    {
        int prompt = 0, cached = 0, generated = more?.Sum(each => each.GeneratedTokens) ?? 0;
        foreach (var each in statistics)
        {
            prompt += each.PromptTokens;
            cached += each.ReusedTokens;
            generated += each.GeneratedTokens;
        }
        return new Usage(prompt, generated, prompt + generated, new PromptTokensDetails(cached));
    }
}

/// <summary>Tokens of the prompt that were not computed again.</summary>
internal sealed record PromptTokensDetails(int CachedTokens);

/// <summary>What a generation took, as llama.cpp's server tells it.</summary>
internal sealed record Timings(
    int CacheN, int PromptN, double PromptMs, double PromptPerTokenMs, double PromptPerSecond,
    int PredictedN, double PredictedMs, double PredictedPerTokenMs, double PredictedPerSecond)
{
    /// <summary>The timings of a generation.</summary>
    public static Timings Of(GenerationStatistics statistics)
    {
        int computed = statistics.PromptTokens - statistics.ReusedTokens;
        int generated = statistics.GeneratedTokens;
        // The first token comes from the prompt's own pass: its time is the prompt's.
        int later = Math.Max(0, generated - 1);
        double promptMs = Round(statistics.PromptTime.TotalMilliseconds);
        double generationMs = Round(statistics.GenerationTime.TotalMilliseconds);
        return new Timings(
            statistics.ReusedTokens, computed, promptMs, Ratio(promptMs, computed), Ratio(computed * 1000.0, promptMs),
            generated, generationMs, Ratio(generationMs, later), Ratio(later * 1000.0, generationMs));
    }

    private static double Ratio(double value, double by) => by > 0 ? Round(value / by) : 0;

    private static double Round(double value) => Math.Round(value, 3);
}
