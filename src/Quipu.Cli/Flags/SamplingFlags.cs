namespace Quipu.Cli.Flags;

/// <summary>Flags that choose tokens. Names, meaning and defaults are llama.cpp's; only the temperature's default is ours.</summary>
internal static class SamplingFlags
{
    public static readonly FlagDefinition Seed =
        Number(FlagKind.Integer, "seed of the random choice; −1: another each time", "-1", new(-1, uint.MaxValue), "-s", "--seed");

    public static readonly FlagDefinition Temperature =
        Number(FlagKind.Number, "0: always the most likely token; higher: more varied", "0", new(0), "--temp", "--temperature");

    public static readonly FlagDefinition TopK =
        Number(FlagKind.Integer, "keep the N most likely tokens; 0: all", "40", new(-1, int.MaxValue), "--top-k");

    public static readonly FlagDefinition TopP =
        Number(FlagKind.Number, "keep the most likely tokens that reach this probability; 1: all", "0.95", FlagRange.Share, "--top-p");

    public static readonly FlagDefinition MinP =
        Number(FlagKind.Number, "keep tokens at least this times as likely as the best; 0: all", "0.05", FlagRange.Share, "--min-p");

    public static readonly FlagDefinition Typical =
        Number(FlagKind.Number, "locally typical sampling; 1: off", "1", FlagRange.Share, "--typical", "--typical-p");

    public static readonly FlagDefinition TopNSigma = Number(
        FlagKind.Number, "keep logits within N standard deviations of the best; −1: off", "-1", FlagRange.Any, "--top-nsigma", "--top-n-sigma");

    public static readonly FlagDefinition XtcProbability =
        Number(FlagKind.Number, "XTC: chance to remove the most likely tokens; 0: off", "0", FlagRange.Share, "--xtc-probability");

    public static readonly FlagDefinition XtcThreshold =
        Number(FlagKind.Number, "XTC: tokens above this probability are removed, but the last", "0.1", FlagRange.Share, "--xtc-threshold");

    public static readonly FlagDefinition MinKeep =
        Number(FlagKind.Integer, "least number of tokens that a filter keeps", "0", new(0, int.MaxValue), "--min-keep");

    public static readonly FlagDefinition RepeatLastN = Number(
        FlagKind.Integer, "tokens looked back for penalties; 0: none, −1: the context", "64", new(-1, int.MaxValue), "--repeat-last-n");

    public static readonly FlagDefinition RepeatPenalty = Number(
        FlagKind.Number, "divides the logits of repeated tokens; 1: off", "1", new(0, ExcludesLeast: true), "--repeat-penalty");

    public static readonly FlagDefinition PresencePenalty =
        Number(FlagKind.Number, "subtracted from tokens that occurred; 0: off", "0", FlagRange.Any, "--presence-penalty");

    public static readonly FlagDefinition FrequencyPenalty =
        Number(FlagKind.Number, "subtracted for each earlier occurrence; 0: off", "0", FlagRange.Any, "--frequency-penalty");

    public static readonly FlagDefinition DryMultiplier =
        Number(FlagKind.Number, "DRY: penalty of a repeated sequence; 0: off", "0", new(0), "--dry-multiplier");

    public static readonly FlagDefinition DryBase =
        Number(FlagKind.Number, "DRY: factor for every token more", "1.75", new(1), "--dry-base");

    public static readonly FlagDefinition DryAllowedLength =
        Number(FlagKind.Integer, "DRY: longest repetition without penalty", "2", new(0, int.MaxValue), "--dry-allowed-length");

    public static readonly FlagDefinition DryPenaltyLastN = Number(
        FlagKind.Integer, "DRY: tokens looked back; 0: none, −1: the context", "-1", new(-1, int.MaxValue), "--dry-penalty-last-n");

    public static readonly FlagDefinition DrySequenceBreaker = new("--dry-sequence-breaker")
    {
        Kind = FlagKind.Text,
        ValueName = "TEXT",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "DRY: text that ends a repetition, in place of the default ones; 'none': no text does. Repeatable",
        Default = @"\n, :, "" and *",
        Repeatable = true,
    };

    public static readonly FlagDefinition DynamicTemperatureRange = Number(
        FlagKind.Number, "temperature moves by up to this, with the entropy; 0: off", "0", new(0), "--dynatemp-range");

    public static readonly FlagDefinition DynamicTemperatureExponent =
        Number(FlagKind.Number, "exponent of the entropy", "1", new(0), "--dynatemp-exp");

    public static readonly FlagDefinition Mirostat = Number(
        FlagKind.Integer, "mirostat 1 or 2 in place of the other samplers; 0: off", "0", new(0, 2), "--mirostat");

    public static readonly FlagDefinition MirostatLearningRate =
        Number(FlagKind.Number, "mirostat: learning rate, eta", "0.1", new(0), "--mirostat-lr");

    public static readonly FlagDefinition MirostatEntropy =
        Number(FlagKind.Number, "mirostat: target entropy in bits, tau", "5", new(0), "--mirostat-ent");

    public static readonly FlagDefinition Samplers = new("--samplers")
    {
        Kind = FlagKind.Text,
        ValueName = "NAMES",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "samplers in their order, with ';' between them",
        Default = "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature",
    };

    public static readonly FlagDefinition SamplerSequence = new("--sampling-seq", "--sampler-seq")
    {
        Kind = FlagKind.Text,
        ValueName = "LETTERS",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "samplers in their order, a letter each",
        Default = "edskypmxt",
    };

    public static readonly FlagDefinition LogitBias = new("-l", "--logit-bias")
    {
        Kind = FlagKind.Text,
        ValueName = "ID(+|-)BIAS",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "make a token more or less likely: 15043+1, or 15043-inf for never. Repeatable",
        Repeatable = true,
    };

    public static readonly FlagDefinition IgnoreEndOfText = new("--ignore-eos")
    {
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = "never choose a token that ends the text",
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All =>
    [
        Seed, Temperature, TopK, TopP, MinP, Typical, TopNSigma, XtcProbability, XtcThreshold, MinKeep,
        RepeatLastN, RepeatPenalty, PresencePenalty, FrequencyPenalty,
        DryMultiplier, DryBase, DryAllowedLength, DryPenaltyLastN, DrySequenceBreaker,
        DynamicTemperatureRange, DynamicTemperatureExponent, Mirostat, MirostatLearningRate, MirostatEntropy,
        Samplers, SamplerSequence, LogitBias, IgnoreEndOfText,
    ];

    /// <summary>Flags that do nothing while the most likely token is always taken.</summary>
    public static FlagDefinition[] OnlyWithTemperature =>
    [
        Seed, TopK, TopP, MinP, TopNSigma, Mirostat,
    ];

    private static FlagDefinition Number(FlagKind kind, string help, string fallback, FlagRange range, params string[] names) => new(names)
    {
        Kind = kind,
        ValueName = kind == FlagKind.Integer ? "N" : "X",
        Modes = Modes.Generating,
        Group = FlagGroup.Sampling,
        Help = help,
        Default = fallback,
        Range = range,
    };
}
