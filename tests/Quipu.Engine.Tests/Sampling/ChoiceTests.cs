using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class ChoiceTests
{
    private static readonly float[] Falling = [.. Enumerable.Range(0, 2000).Select(rank => -1.2f * MathF.Log(rank + 1))];

    [Theory]
    [InlineData(1u)]
    [InlineData(42u)]
    [InlineData(uint.MaxValue)]
    public void Choices_follow_the_probabilities(uint seed)
    {
        const int draws = 100_000;
        float[] logits = [2, 1, 0, 1.5f, float.NegativeInfinity, -1, 0.5f, 3, -2, 1];
        double[] probabilities = Logits.Softmax(logits);
        var choice = new RandomChoice(seed);
        var counts = new int[logits.Length];
        var candidates = new Candidates();
        for (int i = 0; i < draws; i++)
        {
            candidates.Load(logits);
            counts[choice.Choose(candidates)]++;
        }

        Assert.Equal(0, counts[4]);
        double chiSquare = 0;
        for (int id = 0; id < logits.Length; id++)
            if (probabilities[id] > 0)
                chiSquare += Math.Pow(counts[id] - draws * probabilities[id], 2) / (draws * probabilities[id]);
        // Eight degrees of freedom: beyond 26.1 lies one of a thousand fair choosers.
        Assert.InRange(chiSquare, 0, 26.1);
    }

    [Fact]
    public void A_candidate_without_probability_is_never_chosen()
    {
        var logits = new float[33];
        Array.Fill(logits, float.NegativeInfinity);
        logits[20] = 0;
        logits[31] = -200;
        var choice = new RandomChoice(5);
        var candidates = new Candidates();
        for (int i = 0; i < 1000; i++)
        {
            candidates.Load(logits);
            Assert.Equal(20, choice.Choose(candidates));
        }
    }

    [Theory]
    [InlineData(1, 3f)]
    [InlineData(2, 3f)]
    [InlineData(1, 5f)]
    [InlineData(2, 5f)]
    public void Mirostat_reaches_its_target_surprise(int version, float tau)
    {
        ITokenChooser chooser = version == 1 ? new MirostatV1(7, tau, 0.1f) : new MirostatV2(7, tau, 0.1f);
        var candidates = new Candidates();
        double sum = 0;
        const int warmUp = 200, measured = 2000;
        for (int i = 0; i < warmUp + measured; i++)
        {
            candidates.Load(Falling);
            int token = chooser.Choose(candidates);
            double surprise = -Math.Log2(candidates.Probabilities[candidates.Find(token)]);
            if (i >= warmUp)
                sum += surprise;
        }
        Assert.Equal(tau, sum / measured, 0.1);
    }

    [Fact]
    public void Mirostat_2_removes_above_mu_and_moves_mu()
    {
        const float tau = 2.5f, eta = 0.2f;
        var mirostat = new MirostatV2(3, tau, eta);
        var candidates = new Candidates();
        double[] probabilities = Logits.Softmax(Falling);
        for (int i = 0; i < 200; i++)
        {
            double mu = mirostat.Mu;
            candidates.Load(Falling);
            int token = mirostat.Choose(candidates);

            int expected = Math.Max(1, probabilities.Count(p => -Math.Log2(p) <= mu));
            Assert.InRange(candidates.Count, expected - 1, expected + 1);
            double kept = probabilities.Take(candidates.Count).Sum();
            double surprise = -Math.Log2(probabilities[token] / kept);
            Assert.Equal(mu - eta * (surprise - tau), mirostat.Mu, 1e-4);
        }
    }

    [Fact]
    public void Mirostat_1_keeps_as_many_as_the_zipf_law_says_and_moves_mu()
    {
        const float tau = 3, eta = 0.15f;
        var mirostat = new MirostatV1(3, tau, eta);
        var candidates = new Candidates();
        double[] probabilities = Logits.Softmax(Falling);
        for (int i = 0; i < 200; i++)
        {
            double mu = mirostat.Mu;
            candidates.Load(Falling);
            int token = mirostat.Choose(candidates);

            // The logits fall by an exact Zipf law of exponent 1.2.
            double k = Math.Pow(0.2 * Math.Pow(2, mu) / (1 - Math.Pow(Falling.Length, -0.2)), 1 / 1.2);
            Assert.InRange(candidates.Count, Math.Max(1, Math.Floor(k * 0.999)), Math.Max(1, Math.Min(Falling.Length, k * 1.001)));
            double kept = probabilities.Take(candidates.Count).Sum();
            double surprise = -Math.Log2(probabilities[token] / kept);
            Assert.Equal(mu - eta * (surprise - tau), mirostat.Mu, 1e-4);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mirostat_takes_any_distribution(int version)
    {
        float[][] odd = [[0], [0, 0, 0], [5, float.NegativeInfinity], new float[500], [1000, -1000, 0], [.. Enumerable.Range(0, 150).Select(i => -80f * i)]];
        foreach (float[] logits in odd)
        {
            ITokenChooser chooser = version == 1 ? new MirostatV1(1, 5, 0.1f) : new MirostatV2(1, 5, 0.1f);
            var candidates = new Candidates();
            for (int i = 0; i < 50; i++)
            {
                candidates.Load(logits);
                Assert.True(logits[chooser.Choose(candidates)] > float.NegativeInfinity);
            }
        }
    }
}
