using System.Text.Json;
using System.Text.Json.Serialization;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Golden;

/// <summary>A prompt through a real model as llama.cpp computed it; see tests/Fixtures/README.md.</summary>
public sealed record GoldenPrompt(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("ids")] int[] Ids,
    [property: JsonPropertyName("argmax")] int[] Argmax,
    [property: JsonPropertyName("argmax_margin")] float[] ArgmaxMargin,
    [property: JsonPropertyName("mean_nll")] double? MeanNll,
    [property: JsonPropertyName("top10")] float[][] Top10,
    [property: JsonPropertyName("greedy")] int[] Greedy,
    [property: JsonPropertyName("greedy_margin")] float[] GreedyMargin,
    [property: JsonPropertyName("greedy_text")] string GreedyText)
{
    /// <summary>The prompts of <c>exact.json</c> or <c>prompts.json</c> of a model.</summary>
    public static GoldenPrompt[] Read(string model, string file) =>
        JsonSerializer.Deserialize<GoldenPrompt[]>(File.ReadAllText(TestPaths.Fixture(model, file)))!;

    /// <summary>The prompt followed by its greedy answer: one pass over it tells every greedy token, the next by the one before.</summary>
    public int[] WithAnswer => [.. Ids, .. Greedy];
}

/// <summary>llama.cpp's own distance from the exact results.</summary>
public sealed record Nearness(
    [property: JsonPropertyName("argmax_agreement")] double ArgmaxAgreement,
    [property: JsonPropertyName("largest_exact_lead_where_argmax_differs")] double LargestLead,
    [property: JsonPropertyName("top10_overlap")] double Top10Overlap,
    [property: JsonPropertyName("top10_mean_abs_logit_difference")] double Top10Difference,
    [property: JsonPropertyName("mean_abs_mean_nll_difference")] double NllDifference,
    [property: JsonPropertyName("perplexity_exact")] double PerplexityExact)
{
    /// <summary>Reads a model's.</summary>
    public static Nearness Read(string model) =>
        JsonSerializer.Deserialize<Nearness>(File.ReadAllText(TestPaths.Fixture(model, "nearness.json")))!;
}
