using System.Collections.Immutable;

namespace Quipu.Engine.Sampling;

/// <summary>Makes the samplers that a set of options asks for. What an option switches off is left out of the chain.</summary>
internal sealed class SamplerChainBuilder(SamplingOptions options, int contextLength, Func<DrySequenceBreakers> breakers)
{
    private readonly uint _seed = options.Seed ?? (uint)Random.Shared.NextInt64(1L << 32);

    public SamplerChain Build(Candidates? candidates)
    {
        var samplers = ImmutableArray.CreateBuilder<ISampler>();
        if (!options.LogitBias.IsEmpty)
            samplers.Add(new LogitBiasSampler(options.LogitBias));
        if (options.Mirostat == 0)
            samplers.AddRange(options.Samplers.Select(Make).OfType<ISampler>());
        else
            samplers.Add(new TemperatureSampler(options.Temperature));
        ITokenChooser chooser = options.Mirostat switch
        {
            1 => new MirostatV1(_seed, options.MirostatTau, options.MirostatEta),
            2 => new MirostatV2(_seed, options.MirostatTau, options.MirostatEta),
            _ => new RandomChoice(_seed),
        };
        return new SamplerChain(samplers.ToImmutable(), chooser, _seed, GreedyFrom(samplers), candidates);
    }

    // From where on the best logit always wins: it passes the truncating samplers, and a temperature of 0 forbids the others. Null: nowhere.
    private int? GreedyFrom(ImmutableArray<ISampler>.Builder samplers)
    {
        int first = samplers.Count;
        while (first > 0 && samplers[first - 1] is TopNSigmaSampler or TopKSampler or TopPSampler or MinPSampler or TemperatureSampler) first--;
        bool greedy = options.Temperature <= 0 && samplers.Skip(first).Any(sampler => sampler is TemperatureSampler);
        return greedy && samplers.Take(first).All(sampler => sampler is LogitBiasSampler or PenaltySampler or DrySampler) ? first : null;
    }

    private ISampler? Make(SamplerKind kind) => kind switch
    {
        SamplerKind.Penalties => Penalties(),
        SamplerKind.Dry => Dry(),
        SamplerKind.TopNSigma => options.TopNSigma > 0 ? new TopNSigmaSampler(options.TopNSigma) : null,
        SamplerKind.TopK => options.TopK > 0 ? new TopKSampler(options.TopK) : null,
        SamplerKind.TypicalP => options.TypicalP < 1 ? new TypicalSampler(options.TypicalP, options.MinKeep) : null,
        SamplerKind.TopP => options.TopP < 1 ? new TopPSampler(options.TopP, options.MinKeep) : null,
        SamplerKind.MinP => options.MinP > 0 ? new MinPSampler(options.MinP, options.MinKeep) : null,
        SamplerKind.Xtc => Xtc(),
        SamplerKind.Temperature => Temperature(),
        _ => throw new SamplingOptionsException(nameof(SamplingOptions.Samplers), $"{kind} is not a sampler."),
    };

    private PenaltySampler? Penalties()
    {
        int lastTokens = LastTokens(options.PenaltyLastN);
        bool off = options is { RepeatPenalty: 1, FrequencyPenalty: 0, PresencePenalty: 0 };
        return lastTokens == 0 || off
            ? null
            : new PenaltySampler(lastTokens, options.RepeatPenalty, options.FrequencyPenalty, options.PresencePenalty);
    }

    private DrySampler? Dry()
    {
        int lastTokens = Math.Min(LastTokens(options.DryPenaltyLastN), contextLength);
        return lastTokens == 0 || options.DryMultiplier == 0
            ? null
            : new DrySampler(options.DryMultiplier, options.DryBase, options.DryAllowedLength, lastTokens, breakers());
    }

    // Above a threshold of one half no two candidates can reach it.
    private XtcSampler? Xtc() => options.XtcProbability > 0 && options.XtcThreshold <= 0.5f
        ? new XtcSampler(options.XtcProbability, options.XtcThreshold, options.MinKeep, _seed)
        : null;

    private ISampler Temperature() => options.DynamicTemperatureRange > 0
        ? new DynamicTemperatureSampler(options.Temperature, options.DynamicTemperatureRange, options.DynamicTemperatureExponent)
        : new TemperatureSampler(options.Temperature);

    private int LastTokens(int lastN) => lastN < 0 ? contextLength : lastN;
}
