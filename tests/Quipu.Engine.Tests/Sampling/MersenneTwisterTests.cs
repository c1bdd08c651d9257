using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class MersenneTwisterTests
{
    [Fact]
    public void Ten_thousandth_number_is_that_of_the_cpp_standard()
    {
        var random = new MersenneTwister(5489);
        for (int i = 1; i < 10_000; i++)
            random.NextUInt32();
        Assert.Equal(4123659995u, random.NextUInt32());
    }

    [Fact]
    public void Seeding_again_starts_the_sequence_again()
    {
        var random = new MersenneTwister(7);
        uint[] first = [.. Enumerable.Range(0, 1000).Select(_ => random.NextUInt32())];
        random.Seed(7);
        Assert.Equal(first, Enumerable.Range(0, 1000).Select(_ => random.NextUInt32()));
        random.Seed(8);
        Assert.NotEqual(first, Enumerable.Range(0, 1000).Select(_ => random.NextUInt32()));
    }

    [Fact]
    public void Doubles_are_uniform_below_one()
    {
        var random = new MersenneTwister(3);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];
        Assert.All(values, value => Assert.InRange(value, 0, 1 - double.Epsilon));
        Assert.Equal(0.5, values.Average(), 0.005);
        Assert.Equal(1.0 / 12, values.Average(value => (value - 0.5) * (value - 0.5)), 0.002);
    }
}
