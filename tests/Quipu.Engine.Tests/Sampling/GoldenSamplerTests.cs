using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Quipu.Engine.Sampling;
using Quipu.Gguf;
using Quipu.Testing;
using Quipu.Tokenizers;

namespace Quipu.Engine.Tests.Sampling;

/// <summary>The samplers against the candidates that llama.cpp's own ones left.</summary>
public sealed class GoldenSamplerTests
{
    private const double LogitTolerance = 1e-4;
    private const double ProbabilityTolerance = 1e-5;
    private const int ContextLength = 4096;

    private static readonly JsonElement[] Cases = LoadCases();

    // The cases' breakers are those of this vocabulary.
    private static readonly Lazy<Tokenizer> Tokenizer = new(() =>
    {
        using GgufFile file = GgufFile.Open(TestPaths.BundledModel);
        return Tokenizers.Tokenizer.FromGguf(file.Metadata);
    });

    public static TheoryData<string> Names() => new(Cases.Select(CaseName).Distinct());

    [Fact]
    public void All_cases_are_there() => Assert.Equal(293, Cases.Length);

    [Theory]
    [MemberData(nameof(Names))]
    public void Chain_leaves_what_llama_cpp_leaves(string name)
    {
        foreach (JsonElement golden in Cases.Where(golden => CaseName(golden) == name))
            Check(golden);
    }

    private static void Check(JsonElement golden)
    {
        SamplingOptions options = Options(golden.GetProperty("chain"));
        SamplerChain chain = SamplerChain.Create(options, Tokenizer.Value, ContextLength);
        foreach (JsonElement token in golden.GetProperty("history").EnumerateArray())
            chain.Accept(token.GetInt32());
        float[] logits = [.. golden.GetProperty("logits").EnumerateArray().Select(logit => logit.GetSingle())];

        Candidates candidates = chain.Apply(logits);
        candidates.Softmax();
        var left = new SortedDictionary<int, (float Logit, float Probability)>();
        for (int i = 0; i < candidates.Count; i++)
            if (!float.IsNegativeInfinity(candidates.Logits[i]))
                left.Add(candidates.Ids[i], (candidates.Logits[i], candidates.Probabilities[i]));

        JsonElement[] remaining = [.. golden.GetProperty("remaining").EnumerateArray()];
        Assert.Equal(remaining.Select(candidate => candidate[0].GetInt32()), left.Keys);
        foreach (JsonElement candidate in remaining)
        {
            (float logit, float probability) = left[candidate[0].GetInt32()];
            double expected = candidate[1].GetDouble();
            // The golden logits have seven digits.
            Assert.Equal(expected, logit, Math.Max(LogitTolerance, 1e-6 * Math.Abs(expected)));
            Assert.Equal(candidate[2].GetDouble(), probability, ProbabilityTolerance);
        }
    }

    private static SamplingOptions Options(JsonElement chain)
    {
        var options = new SamplingOptions { Seed = 1, Samplers = [] };
        foreach (JsonElement step in chain.EnumerateArray())
        {
            float Value(string name) => step.GetProperty(name).GetSingle();
            int Whole(string name) => step.GetProperty(name).GetInt32();
            (SamplingOptions with, SamplerKind? kind) = step.GetProperty("name").GetString() switch
            {
                "top_k" => (options with { TopK = Whole("k") }, SamplerKind.TopK),
                "top_p" => (options with { TopP = Value("p"), MinKeep = Whole("min_keep") }, SamplerKind.TopP),
                "min_p" => (options with { MinP = Value("p"), MinKeep = Whole("min_keep") }, SamplerKind.MinP),
                "typical_p" => (options with { TypicalP = Value("p"), MinKeep = Whole("min_keep") }, SamplerKind.TypicalP),
                "top_n_sigma" => (options with { TopNSigma = Value("n") }, SamplerKind.TopNSigma),
                "temperature" => (options with { Temperature = Value("t") }, SamplerKind.Temperature),
                "dynamic_temperature" => (options with
                {
                    Temperature = Value("t"),
                    DynamicTemperatureRange = Value("range"),
                    DynamicTemperatureExponent = Value("exponent"),
                }, SamplerKind.Temperature),
                "xtc" => (options with
                {
                    XtcProbability = Value("probability"),
                    XtcThreshold = Value("threshold"),
                    MinKeep = Whole("min_keep"),
                }, SamplerKind.Xtc),
                "penalties" => (options with
                {
                    PenaltyLastN = Whole("last_n"),
                    RepeatPenalty = Value("repeat"),
                    FrequencyPenalty = Value("frequency"),
                    PresencePenalty = Value("presence"),
                }, SamplerKind.Penalties),
                "dry" => (options with
                {
                    DryMultiplier = Value("multiplier"),
                    DryBase = Value("base"),
                    DryAllowedLength = Whole("allowed_length"),
                    DryPenaltyLastN = Whole("last_n"),
                    DrySequenceBreakers = [.. step.GetProperty("breakers").EnumerateArray().Select(text => text.GetString()!)],
                }, SamplerKind.Dry),
                "logit_bias" => (options with { LogitBias = Bias(step.GetProperty("bias")) }, (SamplerKind?)null),
                string other => throw new InvalidDataException("The golden cases have an unknown sampler: " + other),
                null => throw new InvalidDataException("A golden case's sampler has no name."),
            };
            options = kind is { } known ? with with { Samplers = options.Samplers.Add(known) } : with;
        }
        return options;
    }

    private static ImmutableDictionary<int, float> Bias(JsonElement pairs) => pairs.EnumerateArray().ToImmutableDictionary(
        pair => pair[0].GetInt32(),
        pair => pair[1].ValueKind == JsonValueKind.String
            ? pair[1].GetString() == "-inf" ? float.NegativeInfinity : float.Parse(pair[1].GetString()!, CultureInfo.InvariantCulture)
            : pair[1].GetSingle());

    private static string CaseName(JsonElement golden) => golden.GetProperty("name").GetString()!;

    private static JsonElement[] LoadCases()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Fixture("samplers", "cases.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
