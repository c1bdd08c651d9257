using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Quipu.Engine;
using Quipu.Engine.Grammars;
using Quipu.Engine.Sampling;
using Quipu.Server.Http;

namespace Quipu.Server.Generation;

/// <summary>
/// Reads how to generate: OpenAI's fields and, beside them, llama.cpp's. What a request does not say is as the server was started.
/// </summary>
internal static class GenerationReader
{
    private const int MaxStopStrings = 32;
    private const int MaxStopLength = 1024;
    private const int MaxBiases = 4096;

    /// <summary>Reads all of it but the number of tokens.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="defaults">How the server was started.</param>
    /// <param name="model">Its vocabulary is the one that biases and grammars speak of.</param>
    /// <param name="highestTemperature">OpenAI's limit, or another.</param>
    public static GenerationOptions Read(Fields fields, GenerationOptions defaults, LanguageModel model, float highestTemperature = 2)
    {
        var stops = ReadStops(fields, "stop");
        return defaults with
        {
            Sampling = ReadSampling(fields, defaults.Sampling, model, highestTemperature),
            StopStrings = stops.IsDefault ? defaults.StopStrings : stops,
            IgnoreEndOfGeneration = fields.Bool("ignore_eos", defaults.IgnoreEndOfGeneration),
            ContextShift = fields.Bool("context_shift", defaults.ContextShift),
            KeepTokens = fields.Int("n_keep", -1) ?? defaults.KeepTokens,
        };
    }

    /// <summary>The first of some fields that is there, as the number of tokens to generate at most.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="defaults">How the server was started.</param>
    /// <param name="names">The fields.</param>
    public static int ReadMaxTokens(Fields fields, GenerationOptions defaults, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (fields.Int(name, -1) is { } count)
                return count;
        return defaults.MaxTokens;
    }

    /// <summary>Reads texts that end the answer: one, or an array of them. Default where the field is absent.</summary>
    public static ImmutableArray<string> ReadStops(Fields fields, string name)
    {
        if (fields.Find(name) is not { } value)
            return default;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString() is { Length: > 0 } text ? [Checked(text, fields.PathOf(name))] : [];
        if (value.ValueKind != JsonValueKind.Array)
            throw ApiException.WrongType(fields.PathOf(name), "a string or an array of strings", Fields.Kind(value));
        return [.. fields.Array(name, MaxStopStrings).Select(item => Checked(Fields.Text(item.Value, item.Path), item.Path))];
    }

    /// <summary>The options of a choice: with a seed, each choice has its own, or all would be the same.</summary>
    public static GenerationOptions ForChoice(GenerationOptions options, int choice) => options.Sampling.Seed is { } seed && choice > 0
        ? options with { Sampling = options.Sampling with { Seed = unchecked(seed + (uint)choice) } }
        : options;

    private static string Checked(string text, string path) => text.Length switch
    {
        0 => throw ApiException.Invalid(path, $"'{path}' is empty, and would end the answer before it begins."),
        > MaxStopLength => throw ApiException.Invalid(path, $"'{path}' has {text.Length} characters, but may have {MaxStopLength} at most."),
        _ => text,
    };

    private static SamplingOptions ReadSampling(Fields fields, SamplingOptions defaults, LanguageModel model, float highestTemperature)
    {
        var options = defaults with
        {
            Samplers = ReadSamplers(fields, defaults.Samplers),
            // OpenAI's seeds have 64 bits; the generator takes 32. llama.cpp's −1 is no seed.
            Seed = fields.Long("seed", long.MinValue, long.MaxValue) is not { } seed ? defaults.Seed
                : seed == -1 ? null
                : unchecked((uint)(seed ^ (seed >> 32))),
            Temperature = fields.Number("temperature", 0, highestTemperature) ?? defaults.Temperature,
            TopK = fields.Int("top_k", -1) ?? defaults.TopK,
            TopP = fields.Number("top_p", 0, 1) ?? defaults.TopP,
            MinP = fields.Number("min_p", 0, 1) ?? defaults.MinP,
            FrequencyPenalty = fields.Number("frequency_penalty", -2, 2) ?? defaults.FrequencyPenalty,
            PresencePenalty = fields.Number("presence_penalty", -2, 2) ?? defaults.PresencePenalty,
            RepeatPenalty = fields.Number("repeat_penalty", 0.01, 100) ?? defaults.RepeatPenalty,
            PenaltyLastN = fields.Int("repeat_last_n", -1) ?? defaults.PenaltyLastN,
            TypicalP = fields.Number("typical_p", 0, 1) ?? defaults.TypicalP,
            TopNSigma = fields.Number("top_n_sigma", -1, 1000) ?? defaults.TopNSigma,
            XtcProbability = fields.Number("xtc_probability", 0, 1) ?? defaults.XtcProbability,
            XtcThreshold = fields.Number("xtc_threshold", 0, 1) ?? defaults.XtcThreshold,
            MinKeep = fields.Int("min_keep", 0) ?? defaults.MinKeep,
            DynamicTemperatureRange = fields.Number("dynatemp_range", 0, 100) ?? defaults.DynamicTemperatureRange,
            DynamicTemperatureExponent = fields.Number("dynatemp_exponent", 0, 100) ?? defaults.DynamicTemperatureExponent,
            DryMultiplier = fields.Number("dry_multiplier", 0, 100) ?? defaults.DryMultiplier,
            DryBase = fields.Number("dry_base", 1, 100) ?? defaults.DryBase,
            DryAllowedLength = fields.Int("dry_allowed_length", 0) ?? defaults.DryAllowedLength,
            DryPenaltyLastN = fields.Int("dry_penalty_last_n", -1) ?? defaults.DryPenaltyLastN,
            Mirostat = fields.Int("mirostat", 0, 2) ?? defaults.Mirostat,
            MirostatTau = fields.Number("mirostat_tau", 0, 1000) ?? defaults.MirostatTau,
            MirostatEta = fields.Number("mirostat_eta", 0, 1000) ?? defaults.MirostatEta,
        };
        if (fields.Has("dry_sequence_breakers"))
            options = options with
            {
                DrySequenceBreakers =
                [
                    .. fields.Array("dry_sequence_breakers", MaxStopStrings)
                        .Select(item => Checked(Fields.Text(item.Value, item.Path), item.Path)),
                ],
            };
        if (ReadGrammar(fields, model.Grammars) is { } grammar)
            options = options with { Grammar = grammar, GrammarTriggers = [] };
        return fields.Find("logit_bias") is { } bias
            ? options with { LogitBias = ReadBiases(bias, fields.PathOf("logit_bias"), model.Tokenizer.VocabularySize) }
            : options;
    }

    /// <summary>llama.cpp's constraints: a grammar, or a schema.</summary>
    private static Grammar? ReadGrammar(Fields fields, GrammarCache grammars)
    {
        string? text = fields.Text("grammar");
        var schema = fields.Find("json_schema");
        if (text is { Length: > 0 } && schema is not null)
            throw ApiException.Invalid(
                fields.PathOf("grammar"), "'grammar' and 'json_schema' both say what the answer must be: give one of them.");
        string param = fields.PathOf(schema is null ? "grammar" : "json_schema");
        try
        {
            return schema is { } tree ? grammars.FromJsonSchema(tree) : text is { Length: > 0 } ? grammars.ParseGbnf(text) : null;
        }
        catch (GrammarException error)
        {
            throw ApiException.Invalid(param, $"'{param}' cannot be kept: {error.Message}");
        }
    }

    private static ImmutableArray<SamplerKind> ReadSamplers(Fields fields, ImmutableArray<SamplerKind> otherwise)
    {
        if (!fields.Has("samplers"))
            return otherwise;
        string names = string.Join(';', fields.Array("samplers", 64).Select(item => Fields.Text(item.Value, item.Path)));
        try
        {
            return SamplerKinds.Parse(names);
        }
        catch (SamplingOptionsException error)
        {
            throw ApiException.Invalid(fields.PathOf("samplers"), error.Message);
        }
    }

    /// <summary>OpenAI writes an object from ids to −100 … 100, llama.cpp an array of [id, bias], where false forbids the token.</summary>
    private static ImmutableDictionary<int, float> ReadBiases(JsonElement value, string path, int vocabularySize)
    {
        var biases = ImmutableDictionary.CreateBuilder<int, float>();
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var entry in value.EnumerateObject())
                    biases[TokenOf(entry.Name)] = BiasOf(entry.Value, $"{path}.{Fields.Shorten(entry.Name)}");
                break;
            case JsonValueKind.Array:
                foreach (var pair in value.EnumerateArray())
                {
                    if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.Number)
                        throw ApiException.Invalid(path, $"'{path}' as an array must hold pairs [token id, bias].");
                    float number = pair[1].ValueKind == JsonValueKind.False ? float.NegativeInfinity : BiasOf(pair[1], path);
                    biases[TokenOf(pair[0].GetRawText())] = number;
                }
                break;
            default:
                throw ApiException.WrongType(path, "an object or an array", Fields.Kind(value));
        }
        return biases.Count <= MaxBiases
            ? biases.ToImmutable()
            : throw ApiException.Invalid(path, $"'{path}' has {biases.Count} entries, but may have {MaxBiases} at most.");

        int TokenOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < vocabularySize
            ? id
            : throw ApiException.Invalid(
                path, $"'{path}' has '{Fields.Shorten(text)}', but a token id is a whole number from 0 to {vocabularySize - 1}.");

        static float BiasOf(JsonElement bias, string where)
        {
            if (bias.ValueKind != JsonValueKind.Number || !bias.TryGetDouble(out double number) || number is not (>= -100 and <= 100))
                throw ApiException.Invalid(where, $"'{where}' is no number from -100 to 100.");
            // OpenAI: −100 bans a token, 100 allows nothing else.
            return number == -100 ? float.NegativeInfinity : (float)number;
        }
    }
}
