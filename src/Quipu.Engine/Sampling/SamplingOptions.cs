using System.Collections.Immutable;

namespace Quipu.Engine.Sampling;

/// <summary>How the next token is chosen. Names, meaning and defaults are llama.cpp's.</summary>
public sealed record SamplingOptions
{
    /// <summary>Samplers in their order; llama.cpp's default order.</summary>
    public ImmutableArray<SamplerKind> Samplers { get; init; } = DefaultSamplers;

    /// <summary>Seed of the random choice; null takes one from the system.</summary>
    public uint? Seed { get; init; }

    /// <summary>Temperature; 0 or less is greedy.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>Dynamic temperature: half the width of the range around <see cref="Temperature"/>; 0 is off.</summary>
    public float DynamicTemperatureRange { get; init; }

    /// <summary>Dynamic temperature: exponent of the normalised entropy.</summary>
    public float DynamicTemperatureExponent { get; init; } = 1f;

    /// <summary>Keep the k most likely; 0 keeps all.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>Keep the most likely whose probabilities add up to p; 1 is off.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Keep those at least p times as likely as the best; 0 is off.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>Locally typical sampling; 1 is off.</summary>
    public float TypicalP { get; init; } = 1f;

    /// <summary>Keep logits within n standard deviations of the best; 0 or less is off.</summary>
    public float TopNSigma { get; init; } = -1f;

    /// <summary>XTC: chance that the most likely candidates are removed; 0 is off.</summary>
    public float XtcProbability { get; init; }

    /// <summary>XTC: candidates above this probability, but the least likely of them, are removed.</summary>
    public float XtcThreshold { get; init; } = 0.1f;

    /// <summary>Least number of candidates that the truncating samplers keep.</summary>
    public int MinKeep { get; init; }

    /// <summary>Tokens looked back for penalties; 0 is off, −1 the whole context.</summary>
    public int PenaltyLastN { get; init; } = 64;

    /// <summary>Divides positive and multiplies negative logits of repeated tokens; 1 is off.</summary>
    public float RepeatPenalty { get; init; } = 1f;

    /// <summary>Subtracted once per earlier occurrence; 0 is off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted once if the token occurred; 0 is off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>DRY: strength; 0 is off.</summary>
    public float DryMultiplier { get; init; }

    /// <summary>DRY: base of the growth with the repetition's length.</summary>
    public float DryBase { get; init; } = 1.75f;

    /// <summary>DRY: longest repetition without penalty.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary>DRY: tokens looked back; 0 is off, −1 the whole context.</summary>
    public int DryPenaltyLastN { get; init; } = -1;

    /// <summary>DRY: texts that end a repetition.</summary>
    public ImmutableArray<string> DrySequenceBreakers { get; init; } = ["\n", ":", "\"", "*"];

    /// <summary>Mirostat: 0 off, 1 or 2 its version; replaces all truncating samplers.</summary>
    public int Mirostat { get; init; }

    /// <summary>Mirostat: target entropy.</summary>
    public float MirostatTau { get; init; } = 5f;

    /// <summary>Mirostat: learning rate.</summary>
    public float MirostatEta { get; init; } = 0.1f;

    /// <summary>Added to the logits of tokens; −infinity forbids one.</summary>
    public ImmutableDictionary<int, float> LogitBias { get; init; } = ImmutableDictionary<int, float>.Empty;

    /// <summary>llama.cpp's order.</summary>
    public static ImmutableArray<SamplerKind> DefaultSamplers { get; } =
    [
        SamplerKind.Penalties, SamplerKind.Dry, SamplerKind.TopNSigma, SamplerKind.TopK, SamplerKind.TypicalP,
        SamplerKind.TopP, SamplerKind.MinP, SamplerKind.Xtc, SamplerKind.Temperature,
    ];
}

/// <summary>A sampler that <see cref="SamplingOptions.Samplers"/> orders.</summary>
public enum SamplerKind
{
    /// <summary>Repeat, frequency and presence penalties.</summary>
    Penalties,
    /// <summary>Don't repeat yourself: penalises the continuation of a repeated sequence.</summary>
    Dry,
    /// <summary>Top-n-sigma.</summary>
    TopNSigma,
    /// <summary>Top-k.</summary>
    TopK,
    /// <summary>Locally typical.</summary>
    TypicalP,
    /// <summary>Top-p (nucleus).</summary>
    TopP,
    /// <summary>Min-p.</summary>
    MinP,
    /// <summary>Exclude top choices.</summary>
    Xtc,
    /// <summary>Temperature, fixed or dynamic.</summary>
    Temperature,
}
