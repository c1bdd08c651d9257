using System.Collections.Immutable;
using System.Globalization;
using Quipu.Engine.Sampling;

namespace Quipu.Cli.Flags;

/// <summary>From sampling flags to sampling options.</summary>
internal static class SamplingFlagReader
{
    /// <summary>The options that the flags ask for.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="temperature">The mode's own default.</param>
    /// <exception cref="UsageException">A list of samplers, a bias or a sequence breaker cannot be read.</exception>
    public static SamplingOptions Read(ParsedFlags flags, float temperature = 0)
    {
        var defaults = new SamplingOptions();
        return new SamplingOptions
        {
            Samplers = ReadSamplers(flags),
            Seed = flags.Integer(SamplingFlags.Seed) is { } seed && seed is >= 0 and < uint.MaxValue ? (uint)seed : null,
            Temperature = flags.Number(SamplingFlags.Temperature, temperature),
            DynamicTemperatureRange = flags.Number(SamplingFlags.DynamicTemperatureRange, defaults.DynamicTemperatureRange),
            DynamicTemperatureExponent = flags.Number(SamplingFlags.DynamicTemperatureExponent, defaults.DynamicTemperatureExponent),
            TopK = flags.Integer(SamplingFlags.TopK, defaults.TopK),
            TopP = flags.Number(SamplingFlags.TopP, defaults.TopP),
            MinP = flags.Number(SamplingFlags.MinP, defaults.MinP),
            TypicalP = flags.Number(SamplingFlags.Typical, defaults.TypicalP),
            TopNSigma = flags.Number(SamplingFlags.TopNSigma, defaults.TopNSigma),
            XtcProbability = flags.Number(SamplingFlags.XtcProbability, defaults.XtcProbability),
            XtcThreshold = flags.Number(SamplingFlags.XtcThreshold, defaults.XtcThreshold),
            MinKeep = flags.Integer(SamplingFlags.MinKeep, defaults.MinKeep),
            PenaltyLastN = flags.Integer(SamplingFlags.RepeatLastN, defaults.PenaltyLastN),
            RepeatPenalty = flags.Number(SamplingFlags.RepeatPenalty, defaults.RepeatPenalty),
            FrequencyPenalty = flags.Number(SamplingFlags.FrequencyPenalty, defaults.FrequencyPenalty),
            PresencePenalty = flags.Number(SamplingFlags.PresencePenalty, defaults.PresencePenalty),
            DryMultiplier = flags.Number(SamplingFlags.DryMultiplier, defaults.DryMultiplier),
            DryBase = flags.Number(SamplingFlags.DryBase, defaults.DryBase),
            DryAllowedLength = flags.Integer(SamplingFlags.DryAllowedLength, defaults.DryAllowedLength),
            DryPenaltyLastN = flags.Integer(SamplingFlags.DryPenaltyLastN, defaults.DryPenaltyLastN),
            DrySequenceBreakers = ReadBreakers(flags, defaults.DrySequenceBreakers),
            Mirostat = flags.Integer(SamplingFlags.Mirostat, defaults.Mirostat),
            MirostatTau = flags.Number(SamplingFlags.MirostatEntropy, defaults.MirostatTau),
            MirostatEta = flags.Number(SamplingFlags.MirostatLearningRate, defaults.MirostatEta),
            LogitBias = ReadBiases(flags),
            Grammar = GrammarFlags.Read(flags),
        };
    }

    /// <summary>Flags that were given but change nothing, because the most likely token is always taken; a line for the log, or null.</summary>
    public static string? WithoutEffect(ParsedFlags flags, SamplingOptions options)
    {
        bool random = options.Temperature > 0 || options.DynamicTemperatureRange > 0 || options.XtcProbability > 0
            || !options.Samplers.Contains(SamplerKind.Temperature);
        if (random)
            return null;
        string names = string.Join(", ", SamplingFlags.OnlyWithTemperature.Where(flags.Has).Select(flag => flag.Name));
        return names.Length == 0
            ? null
            : $"at temperature 0 the most likely token is always taken, so there is no effect of {names}; for variety add --temp 0.8";
    }

    private static ImmutableArray<SamplerKind> ReadSamplers(ParsedFlags flags)
    {
        if (flags.Has(SamplingFlags.Samplers) && flags.Has(SamplingFlags.SamplerSequence))
            throw new UsageException("--samplers and --sampling-seq say the same thing in two ways: give one of them.");
        try
        {
            if (flags.Text(SamplingFlags.Samplers) is { } names)
                return SamplerKinds.Parse(names);
            return flags.Text(SamplingFlags.SamplerSequence) is { } letters
                ? SamplerKinds.ParseSequence(letters)
                : SamplingOptions.DefaultSamplers;
        }
        catch (SamplingOptionsException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static ImmutableArray<string> ReadBreakers(ParsedFlags flags, ImmutableArray<string> otherwise)
    {
        if (!flags.Has(SamplingFlags.DrySequenceBreaker))
            return otherwise;
        bool escape = flags.IsOn(TextFlags.Escape, otherwise: true);
        ImmutableArray<string> breakers = [.. flags.Texts(SamplingFlags.DrySequenceBreaker)
            .Where(text => text != "none")
            .Select(text => escape ? Escapes.Read(text) : text)];
        return breakers.Contains("")
            ? throw new UsageException("--dry-sequence-breaker is empty. 'none' stands for no sequence breaker at all.")
            : breakers;
    }

    private static ImmutableDictionary<int, float> ReadBiases(ParsedFlags flags)
    {
        if (!flags.Has(SamplingFlags.LogitBias))
            return ImmutableDictionary<int, float>.Empty;
        var biases = ImmutableDictionary.CreateBuilder<int, float>();
        foreach (string text in flags.Texts(SamplingFlags.LogitBias))
        {
            int sign = text.AsSpan().IndexOfAny('+', '-');
            if (sign < 1
                || !int.TryParse(text.AsSpan(0, sign), NumberStyles.None, CultureInfo.InvariantCulture, out int token)
                || ReadBias(text.AsSpan(sign)) is not { } bias)
            {
                throw new UsageException($"--logit-bias is '{text}', but must be a token id with a signed number, as in 15043+1 or 15043-inf.");
            }
            biases[token] = bias;
        }
        return biases.ToImmutable();
    }

    private static float? ReadBias(ReadOnlySpan<char> text)
    {
        if (text.Equals("-inf", StringComparison.OrdinalIgnoreCase))
            return float.NegativeInfinity;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float bias) && float.IsFinite(bias) ? bias : null;
    }
}
