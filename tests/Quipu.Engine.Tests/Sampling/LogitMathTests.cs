using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class LogitMathTests
{
    [Fact]
    public void Exponential_is_within_two_units_of_the_last_place()
    {
        for (float x = -87; x <= 0; x += 0.00037f)
            Assert.Equal(1, LogitMath.Exp(x) / Math.Exp(x), 2.4e-7);
        Assert.Equal(1, LogitMath.Exp(0));
        Assert.Equal(0, LogitMath.Exp(-88));
        Assert.Equal(0, LogitMath.Exp(float.NegativeInfinity));
        Assert.Equal(0, LogitMath.Exp(float.MinValue));
        Assert.True(float.IsNaN(LogitMath.Exp(float.NaN)));
    }

    [Fact]
    public void Exponentials_are_the_same_in_blocks_and_in_the_rest() =>
        Logits.Any.Sample(logits =>
        {
            float maximum = logits.Max();
            var exponentials = new float[logits.Length];
            double sum = LogitMath.Exponentials(logits, maximum, exponentials);
            Assert.Equal(logits.Select(logit => LogitMath.Exp(logit - maximum)), exponentials);
            Assert.Equal(exponentials.Sum(value => (double)value), sum, 1e-9 * sum);
        });

    [Fact]
    public void Maximum_and_its_first_place_are_found() =>
        Logits.Any.Sample(logits =>
        {
            float maximum = logits.Max();
            Assert.Equal(maximum, LogitMath.Maximum(logits));
            Assert.Equal(maximum, LogitMath.CheckedMaximum(logits));
            Assert.Equal(Array.IndexOf(logits, maximum), LogitMath.IndexOf(logits, maximum));
        });

    [Fact]
    public void A_bad_logit_is_found_wherever_it_stands() =>
        Gen.Select(Logits.Any, Gen.Int[0, int.MaxValue], Gen.Bool).Sample((logits, place, isNaN) =>
        {
            place %= logits.Length;
            logits[place] = isNaN ? float.NaN : float.PositiveInfinity;
            var error = Assert.Throws<InvalidLogitsException>(() => LogitMath.CheckedMaximum(logits));
            Assert.Contains($"token {place} ", error.Message, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(13)]
    public void Only_minus_infinity_is_refused(int length)
    {
        var logits = new float[length];
        Array.Fill(logits, float.NegativeInfinity);
        Assert.Throws<InvalidLogitsException>(() => LogitMath.CheckedMaximum(logits));
    }

    [Fact]
    public void Standard_deviation_leaves_minus_infinity_out()
    {
        Assert.Equal(2, LogitMath.StandardDeviation([2, 4, 4, 4, 5, 5, 7, 9, float.NegativeInfinity]), 1e-12);
        Assert.Equal(0, LogitMath.StandardDeviation([float.NegativeInfinity]));
    }
}
