using System.Collections.Immutable;
using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class SamplerChainTests
{
    private static readonly SamplingOptions Everything = new()
    {
        Seed = 1234,
        RepeatPenalty = 1.1f,
        FrequencyPenalty = 0.1f,
        PresencePenalty = 0.1f,
        DryMultiplier = 0.8f,
        TopNSigma = 4,
        TypicalP = 0.98f,
        XtcProbability = 0.5f,
        DynamicTemperatureRange = 0.3f,
        LogitBias = ImmutableDictionary<int, float>.Empty.Add(3, 1),
    };

    public static TheoryData<string> Variants() => new("default", "everything", "mirostat 1", "mirostat 2", "bare");

    [Theory]
    [MemberData(nameof(Variants))]
    public void Equal_seeds_give_equal_texts_and_reset_starts_again(string variant)
    {
        SamplerChain chain = Create(Variant(variant));
        int[] first = Generate(chain, 200);
        Assert.Equal(first, Generate(Create(Variant(variant)), 200));
        chain.Reset();
        Assert.Equal(first, Generate(chain, 200));
        Assert.NotEqual(first, Generate(Create(Variant(variant) with { Seed = 99 }), 200));
    }

    [Fact]
    public void The_text_of_a_seed_never_changes() =>
        Assert.Equal(Known, Generate(Create(new SamplingOptions { Seed = 42 }), Known.Length));

    [Fact]
    public void A_seed_is_taken_from_the_system_where_none_is_given()
    {
        uint[] seeds = [.. Enumerable.Range(0, 4).Select(_ => Create(new SamplingOptions()).Seed)];
        Assert.True(seeds.Distinct().Count() > 1);
        SamplerChain chain = Create(new SamplingOptions());
        Assert.Equal(Generate(Create(new SamplingOptions { Seed = chain.Seed }), 50), Generate(chain, 50));
    }

    [Fact]
    public void Greedy_takes_the_best_on_the_short_and_on_the_long_way() =>
        Logits.Any.Sample(logits =>
        {
            var options = new SamplingOptions { Temperature = 0 };
            int best = Logits.Ranked(logits)[0];
            Assert.Equal(best, Create(options).Sample(logits));
            // A bias on a token that is not there takes the long way.
            var bias = ImmutableDictionary<int, float>.Empty.Add(1_000_000, 1);
            Assert.Equal(best, Create(options with { LogitBias = bias }).Sample(logits));
        });

    [Fact]
    public void Penalties_and_bias_count_for_greedy_too()
    {
        float[] logits = [1, 2, 3];
        var options = new SamplingOptions { Temperature = 0, RepeatPenalty = 4 };
        SamplerChain chain = Create(options);
        Assert.Equal(2, chain.Sample(logits));
        chain.Accept(2);
        Assert.Equal(1, chain.Sample(logits));
        Assert.Equal(0, Create(options with { LogitBias = ImmutableDictionary<int, float>.Empty.Add(0, 9) }).Sample(logits));
    }

    [Fact]
    public void Greedy_needs_the_temperature_among_the_samplers()
    {
        var options = new SamplingOptions { Temperature = 0, Samplers = [SamplerKind.TopK], Seed = 1 };
        SamplerChain chain = Create(options);
        Assert.True(Enumerable.Range(0, 100).Select(_ => chain.Sample([0, 0, 0])).Distinct().Count() > 1);
    }

    [Fact]
    public void Top_candidates_are_sorted_and_add_up()
    {
        SamplerChain chain = Create(new SamplingOptions { Seed = 1, TopK = 3, TopP = 1, MinP = 0, Temperature = 1 });
        Assert.Equal(0, chain.TopCandidates(new TokenProbability[2]));
        float[] logits = [0, 2, 1, 3, -1];
        chain.Sample(logits);
        var top = new TokenProbability[5];
        Assert.Equal(3, chain.TopCandidates(top));
        Assert.Equal([3, 1, 2], top.Take(3).Select(candidate => candidate.Token));
        double[] expected = Logits.Softmax([3, 2, 1]);
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected[i], top[i].Probability, 1e-6);
        Assert.Equal(1, chain.TopCandidates(top.AsSpan(0, 1)));

        SamplerChain greedy = Create(new SamplingOptions { Temperature = 0 });
        greedy.Sample(logits);
        Assert.Equal(1, greedy.TopCandidates(top));
        Assert.Equal(new TokenProbability(3, 1), top[0]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Bad_logits_are_refused(float bad)
    {
        foreach (float temperature in new[] { 0, 1f })
        {
            SamplerChain chain = Create(new SamplingOptions { Temperature = temperature, Seed = 1 });
            Assert.Throws<InvalidLogitsException>(() => chain.Sample([0, bad, 1]));
            Assert.Throws<InvalidLogitsException>(() => chain.Sample([float.NegativeInfinity, float.NegativeInfinity]));
            Assert.InRange(chain.Sample([0, 1, 2]), 0, 2);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Forbidding_every_token_is_an_error(string variant)
    {
        var bias = Enumerable.Range(0, 4).ToImmutableDictionary(id => id, _ => float.NegativeInfinity);
        SamplerChain chain = Create(Variant(variant) with { LogitBias = bias });
        Assert.Throws<InvalidLogitsException>(() => chain.Sample([1, 2, 3, 4]));
    }

    [Fact]
    public void Any_valid_options_choose_a_token_that_is_allowed() =>
        Gen.Select(Logits.Any, RandomOptions, Gen.Int[0, 3000].Array[0, 100]).Sample((logits, options, text) =>
        {
            SamplerChain chain = Create(options);
            foreach (int token in text)
                chain.Accept(token);
            for (int i = 0; i < 5; i++)
            {
                int token = chain.Sample(logits);
                Assert.True(logits[token] > float.NegativeInfinity);
                chain.Accept(token);
            }
        });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Sampling_does_not_allocate(string variant)
    {
        SamplerChain chain = Create(Variant(variant));
        float[] logits = PseudoLogits(5000, 1);
        void Run()
        {
            for (int i = 0; i < 300; i++)
                chain.Accept(chain.Sample(logits));
        }
        Run();
        chain.Reset();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static readonly Gen<SamplingOptions> RandomOptions =
        from samplers in Gen.Shuffle(SamplingOptions.DefaultSamplers.ToArray())
        from count in Gen.Int[0, samplers.Length]
        from shares in Gen.Float[0, 1].Array[5]
        from temperature in Gen.Float[-0.2f, 2]
        from k in Gen.Int[-1, 100]
        from minKeep in Gen.Int[0, 20]
        from mirostat in Gen.Int[0, 2]
        from seed in Gen.UInt
        select new SamplingOptions
        {
            Samplers = [.. samplers.Take(count)],
            TopP = shares[0],
            MinP = shares[1],
            TypicalP = shares[2],
            XtcProbability = shares[3],
            XtcThreshold = shares[4],
            Temperature = temperature,
            DynamicTemperatureRange = Math.Max(0, temperature - 1),
            TopK = k,
            MinKeep = minKeep,
            TopNSigma = shares[0] * 4 - 1,
            Mirostat = mirostat,
            Seed = seed,
            RepeatPenalty = 1 + shares[1],
            DryMultiplier = shares[2],
        };

    private static SamplingOptions Variant(string name) => name switch
    {
        "everything" => Everything,
        "mirostat 1" => new SamplingOptions { Seed = 1234, Mirostat = 1 },
        "mirostat 2" => new SamplingOptions { Seed = 1234, Mirostat = 2 },
        "bare" => new SamplingOptions { Seed = 1234, Samplers = [] },
        _ => new SamplingOptions { Seed = 1234 },
    };

    private static SamplerChain Create(SamplingOptions options) => SamplerChain.Create(options, () => DrySequenceBreakers.None, 512);

    private static int[] Generate(SamplerChain chain, int count)
    {
        var text = new int[count];
        for (int i = 0; i < count; i++)
        {
            text[i] = chain.Sample(PseudoLogits(1000, (uint)i));
            chain.Accept(text[i]);
        }
        return text;
    }

    // Logits made of integers alone, so that they are the same everywhere.
    private static float[] PseudoLogits(int count, uint seed)
    {
        var random = new MersenneTwister(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextUInt32() >> 12) / 65536f)];
    }

    // Computed by an independent program over the same pseudo logits: default chain, seed 42.
    private static readonly int[] Known =
    [
        567, 732, 39, 600, 26, 483, 671, 990, 588, 980, 639, 149, 711, 992, 191, 743, 139, 482, 354, 208, 525, 817, 818, 680,
    ];
}
