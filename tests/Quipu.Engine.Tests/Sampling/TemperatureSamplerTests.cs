using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class TemperatureSamplerTests
{
    [Fact]
    public void Logits_are_divided() =>
        Gen.Select(Logits.Any, Gen.Float[0.1f, 3]).Sample((logits, temperature) =>
            Assert.Equal(logits.Select(logit => logit / temperature), Apply(new TemperatureSampler(temperature), logits)));

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(1e-45f)]
    public void Zero_or_what_cannot_be_told_from_it_keeps_the_best(float temperature)
    {
        const float no = float.NegativeInfinity;
        Assert.Equal([no, 7, no, no], Apply(new TemperatureSampler(temperature), [1, 7, 7, 3]));
        Assert.Equal([no, no, -3], Apply(new TemperatureSampler(temperature), [-5, no, -3]));
    }

    [Fact]
    public void Dynamic_temperature_goes_from_one_bound_to_the_other()
    {
        var sampler = new DynamicTemperatureSampler(1, 0.5f, 1);
        Assert.Equal(3 / 1.5f, Apply(sampler, [3, 3, 3, 3])[0], 1e-5);
        Assert.Equal(60 / 0.5f, Apply(sampler, [60, 0, 0, 0])[0], 1e-3);
        Assert.Equal([4f], Apply(sampler, [4]));
    }

    [Fact]
    public void Dynamic_temperature_follows_its_definition() =>
        Gen.Select(Logits.Distinct, Gen.Float[0.1f, 2], Gen.Float[0.1f, 2], Gen.Float[0.2f, 3]).Sample((logits, centre, range, exponent) =>
        {
            if (logits.Length == 1)
                return;
            double entropy = -Logits.Softmax(logits).Sum(p => p * Math.Log(p));
            double share = Math.Pow(entropy / Math.Log(logits.Length), exponent);
            double least = Math.Max(0, centre - range);
            double temperature = least + (centre + range - least) * share;
            float[] actual = Apply(new DynamicTemperatureSampler(centre, range, exponent), logits);
            for (int i = 0; i < logits.Length; i++)
                Assert.True(Math.Abs(logits[i] / temperature - actual[i]) <= 1e-4 * (1 + Math.Abs(actual[i])));
        });

    private static float[] Apply(ISampler sampler, float[] logits)
    {
        var candidates = new Candidates();
        candidates.Load(logits);
        sampler.Apply(candidates);
        return candidates.Logits.ToArray();
    }
}
