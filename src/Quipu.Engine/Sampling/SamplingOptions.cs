using System.Collections.Immutable;
using Quipu.Engine.Grammars;

namespace Quipu.Engine.Sampling;

/// <summary>How the next token is chosen. Names, meaning and defaults are llama.cpp's.</summary>
public sealed record SamplingOptions
{
    /// <summary>Samplers in their order; llama.cpp's default order.</summary>
    public ImmutableArray<SamplerKind> Samplers { get; init; } = DefaultSamplers;

    /// <summary>Seed of the random choice; null takes one from the system.</summary>
    public uint? Seed { get; init; }

    /// <summary>Temperature; 0 or less is greedy. Takes effect where <see cref="Samplers"/> has it.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>Dynamic temperature: half the width of the range around <see cref="Temperature"/>, at least 0; 0 is off.</summary>
    public float DynamicTemperatureRange { get; init; }

    /// <summary>Dynamic temperature: exponent of the normalised entropy, at least 0.</summary>
    public float DynamicTemperatureExponent { get; init; } = 1f;

    /// <summary>Keep the k most likely; 0 or less keeps all.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>Keep the most likely whose probabilities add up to p, from 0 to 1; 1 is off.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Keep those at least p times as likely as the best, from 0 to 1; 0 is off.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>Locally typical sampling: keep the probability p nearest to the expected surprise, from 0 to 1; 1 is off.</summary>
    public float TypicalP { get; init; } = 1f;

    /// <summary>Keep logits within n standard deviations of the best; 0 or less is off.</summary>
    public float TopNSigma { get; init; } = -1f;

    /// <summary>XTC: chance that the most likely candidates are removed, from 0 to 1; 0 is off.</summary>
    public float XtcProbability { get; init; }

    /// <summary>XTC: candidates above this probability, but the least likely of them, are removed. From 0 to 1; above 0.5 is off.</summary>
    public float XtcThreshold { get; init; } = 0.1f;

    /// <summary>Least number of candidates that typical, top-p, min-p and XTC keep.</summary>
    public int MinKeep { get; init; }

    /// <summary>Tokens looked back for penalties; 0 is off, −1 the whole context.</summary>
    public int PenaltyLastN { get; init; } = 64;

    /// <summary>Divides positive and multiplies negative logits of repeated tokens; above 0, 1 is off.</summary>
    public float RepeatPenalty { get; init; } = 1f;

    /// <summary>Subtracted once per earlier occurrence; 0 is off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted once if the token occurred; 0 is off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>DRY: penalty of a repetition of the allowed length; 0 is off.</summary>
    public float DryMultiplier { get; init; }

    /// <summary>DRY: factor of the penalty for every token more, at least 1.</summary>
    public float DryBase { get; init; } = 1.75f;

    /// <summary>DRY: shortest repetition that is penalised.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary>DRY: tokens looked back; 0 is off, −1 the whole context.</summary>
    public int DryPenaltyLastN { get; init; } = -1;

    /// <summary>DRY: texts that end a repetition. Their first 40 bytes of UTF-8 count.</summary>
    public ImmutableArray<string> DrySequenceBreakers { get; init; } = ["\n", ":", "\"", "*"];

    /// <summary>Mirostat: 0 off, 1 or 2 its version. As in llama.cpp it replaces all samplers but the logit bias and the fixed temperature.</summary>
    public int Mirostat { get; init; }

    /// <summary>Mirostat: target surprise in bits.</summary>
    public float MirostatTau { get; init; } = 5f;

    /// <summary>Mirostat: learning rate.</summary>
    public float MirostatEta { get; init; } = 0.1f;

    /// <summary>Added to the logits of tokens; −infinity forbids one.</summary>
    public ImmutableDictionary<int, float> LogitBias { get; init; } = ImmutableDictionary<int, float>.Empty;

    /// <summary>What the answer must match; null: anything. All samplers see only the tokens that it allows.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>
    /// What makes <see cref="Grammar"/> hold: the text that follows the first of these must match it, until the answer ends. None: it
    /// holds from the beginning.
    /// </summary>
    public ImmutableArray<GrammarTrigger> GrammarTriggers { get; init; } = [];

    /// <summary>llama.cpp's order.</summary>
    public static ImmutableArray<SamplerKind> DefaultSamplers { get; } =
    [
        SamplerKind.Penalties, SamplerKind.Dry, SamplerKind.TopNSigma, SamplerKind.TopK, SamplerKind.TypicalP,
        SamplerKind.TopP, SamplerKind.MinP, SamplerKind.Xtc, SamplerKind.Temperature,
    ];

    /// <summary>Checks every value against its limits.</summary>
    /// <exception cref="SamplingOptionsException">A value is outside; the message names the option, its value and the limits.</exception>
    public void Validate()
    {
        Require(!Samplers.IsDefault && Samplers.All(Enum.IsDefined), nameof(Samplers), "has an unknown sampler");
        RequireFinite(Temperature, nameof(Temperature));
        RequireAtLeast(DynamicTemperatureRange, 0, nameof(DynamicTemperatureRange));
        RequireAtLeast(DynamicTemperatureExponent, 0, nameof(DynamicTemperatureExponent));
        RequireShare(TopP, nameof(TopP));
        RequireShare(MinP, nameof(MinP));
        RequireShare(TypicalP, nameof(TypicalP));
        RequireFinite(TopNSigma, nameof(TopNSigma));
        RequireShare(XtcProbability, nameof(XtcProbability));
        RequireShare(XtcThreshold, nameof(XtcThreshold));
        RequireAtLeast(MinKeep, 0, nameof(MinKeep));
        RequireAtLeast(PenaltyLastN, -1, nameof(PenaltyLastN));
        RequireFinite(RepeatPenalty, nameof(RepeatPenalty));
        Require(RepeatPenalty > 0, nameof(RepeatPenalty), $"is {RepeatPenalty}: it must be above 0");
        RequireFinite(FrequencyPenalty, nameof(FrequencyPenalty));
        RequireFinite(PresencePenalty, nameof(PresencePenalty));
        RequireAtLeast(DryMultiplier, 0, nameof(DryMultiplier));
        RequireAtLeast(DryBase, 1, nameof(DryBase));
        RequireAtLeast(DryAllowedLength, 0, nameof(DryAllowedLength));
        RequireAtLeast(DryPenaltyLastN, -1, nameof(DryPenaltyLastN));
        Require(!DrySequenceBreakers.IsDefault && DrySequenceBreakers.All(breaker => !string.IsNullOrEmpty(breaker)),
            nameof(DrySequenceBreakers), "has an empty text: leave it out");
        Require(Mirostat is >= 0 and <= 2, nameof(Mirostat), $"is {Mirostat}: it must be 0 (off), 1 or 2");
        RequireAtLeast(MirostatTau, 0, nameof(MirostatTau));
        RequireAtLeast(MirostatEta, 0, nameof(MirostatEta));
        foreach ((int token, float bias) in LogitBias)
            Require(token >= 0 && bias < float.PositiveInfinity, nameof(LogitBias),
                $"has the bias {bias} for token {token}: a token's id is not negative, a bias is a number or −infinity");
    }

    private static void RequireShare(float value, string option) =>
        Require(value is >= 0 and <= 1, option, $"is {value}: it must be from 0 to 1");

    private static void RequireAtLeast(float value, int least, string option)
    {
        RequireFinite(value, option);
        Require(value >= least, option, $"is {value}: it must be at least {least}");
    }

    private static void RequireFinite(float value, string option) =>
        Require(float.IsFinite(value), option, $"is {value}: it must be a finite number");

    private static void Require(bool holds, string option, string problem)
    {
        if (!holds)
            throw new SamplingOptionsException(option, $"The sampling option {option} {problem}.");
    }
}
