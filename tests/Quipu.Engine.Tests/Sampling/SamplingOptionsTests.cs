using System.Collections.Immutable;
using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class SamplingOptionsTests
{
    private static readonly SamplingOptions Default = new() { Seed = 1 };

    private static readonly Dictionary<string, SamplingOptions[]> Wrong = new()
    {
        [nameof(SamplingOptions.Samplers)] = [Default with { Samplers = default }, Default with { Samplers = [(SamplerKind)77] }],
        [nameof(SamplingOptions.Temperature)] = [Default with { Temperature = float.NaN }, Default with { Temperature = float.PositiveInfinity }],
        [nameof(SamplingOptions.DynamicTemperatureRange)] = [Default with { DynamicTemperatureRange = -0.1f }],
        [nameof(SamplingOptions.DynamicTemperatureExponent)] = [Default with { DynamicTemperatureExponent = -1 }],
        [nameof(SamplingOptions.TopP)] = [Default with { TopP = -0.1f }, Default with { TopP = 1.1f }, Default with { TopP = float.NaN }],
        [nameof(SamplingOptions.MinP)] = [Default with { MinP = -0.1f }, Default with { MinP = 2 }],
        [nameof(SamplingOptions.TypicalP)] = [Default with { TypicalP = -0.1f }, Default with { TypicalP = 2 }],
        [nameof(SamplingOptions.TopNSigma)] = [Default with { TopNSigma = float.NaN }],
        [nameof(SamplingOptions.XtcProbability)] = [Default with { XtcProbability = 2 }],
        [nameof(SamplingOptions.XtcThreshold)] = [Default with { XtcThreshold = -1 }],
        [nameof(SamplingOptions.MinKeep)] = [Default with { MinKeep = -1 }],
        [nameof(SamplingOptions.PenaltyLastN)] = [Default with { PenaltyLastN = -2 }],
        [nameof(SamplingOptions.RepeatPenalty)] = [Default with { RepeatPenalty = 0 }, Default with { RepeatPenalty = float.NaN }],
        [nameof(SamplingOptions.FrequencyPenalty)] = [Default with { FrequencyPenalty = float.NaN }],
        [nameof(SamplingOptions.PresencePenalty)] = [Default with { PresencePenalty = float.NegativeInfinity }],
        [nameof(SamplingOptions.DryMultiplier)] = [Default with { DryMultiplier = -1 }],
        [nameof(SamplingOptions.DryBase)] = [Default with { DryBase = 0.9f }],
        [nameof(SamplingOptions.DryAllowedLength)] = [Default with { DryAllowedLength = -1 }],
        [nameof(SamplingOptions.DryPenaltyLastN)] = [Default with { DryPenaltyLastN = -2 }],
        [nameof(SamplingOptions.DrySequenceBreakers)] = [Default with { DrySequenceBreakers = default }, Default with { DrySequenceBreakers = [""] }],
        [nameof(SamplingOptions.Mirostat)] = [Default with { Mirostat = 3 }, Default with { Mirostat = -1 }],
        [nameof(SamplingOptions.MirostatTau)] = [Default with { MirostatTau = -1 }],
        [nameof(SamplingOptions.MirostatEta)] = [Default with { MirostatEta = float.NaN }],
        [nameof(SamplingOptions.LogitBias)] =
        [
            Default with { LogitBias = ImmutableDictionary<int, float>.Empty.Add(-1, 1) },
            Default with { LogitBias = ImmutableDictionary<int, float>.Empty.Add(1, float.NaN) },
            Default with { LogitBias = ImmutableDictionary<int, float>.Empty.Add(1, float.PositiveInfinity) },
        ],
    };

    public static TheoryData<string> WrongOptions() => new(Wrong.Keys);

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void A_value_outside_its_limits_is_named(string option)
    {
        foreach (SamplingOptions options in Wrong[option])
        {
            var error = Assert.Throws<SamplingOptionsException>(options.Validate);
            Assert.Equal(option, error.Option);
            Assert.Contains(option, error.Message, StringComparison.Ordinal);
            Assert.Throws<SamplingOptionsException>(() => SamplerChain.Create(options, () => DrySequenceBreakers.None, 16));
        }
    }

    [Fact]
    public void The_defaults_are_valid() => Default.Validate();

    [Fact]
    public void The_default_order_is_llama_cpps()
    {
        Assert.Equal("penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature", SamplerKinds.Format(SamplingOptions.DefaultSamplers));
        Assert.Equal("edskypmxt", SamplerKinds.FormatSequence(SamplingOptions.DefaultSamplers));
    }

    [Fact]
    public void Names_and_letters_are_read_as_they_are_written() =>
        Gen.Enum<SamplerKind>().Array[0, 12].Sample(array =>
        {
            ImmutableArray<SamplerKind> kinds = [.. array];
            Assert.Equal(kinds, SamplerKinds.Parse(SamplerKinds.Format(kinds)));
            Assert.Equal(kinds, SamplerKinds.ParseSequence(SamplerKinds.FormatSequence(kinds)));
        });

    [Fact]
    public void Other_names_are_known() => Assert.Equal(
        [SamplerKind.Temperature, SamplerKind.TopP, SamplerKind.TypicalP, SamplerKind.TypicalP, SamplerKind.TopK, SamplerKind.MinP],
        SamplerKinds.Parse("temp;nucleus; typical ;typical-p;top-k;min-p"));

    [Theory]
    [InlineData("top_k;infill", "'infill'")]
    [InlineData("top_k;;temp", "''")]
    [InlineData("top_k,temp", "'top_k,temp'")]
    public void An_unknown_name_is_an_error_that_lists_the_known_ones(string names, string part)
    {
        var error = Assert.Throws<SamplingOptionsException>(() => SamplerKinds.Parse(names));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("top_n_sigma", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_letter_is_an_error_that_names_its_place()
    {
        var error = Assert.Throws<SamplingOptionsException>(() => SamplerKinds.ParseSequence("kiT"));
        Assert.Contains("'i' at place 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("k (top_k)", error.Message, StringComparison.Ordinal);
    }
}
