using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class TruncatingSamplerTests
{
    private const double Near = 1e-5;

    private static readonly Gen<float> Share = Gen.Float[0, 0.999f];
    private static readonly Gen<int> MinKeep = Gen.Int[0, 12];

    [Fact]
    public void Top_k_keeps_the_k_best() =>
        Gen.Select(Logits.Any, Gen.Int[1, 100]).Sample((logits, k) =>
            Assert.Equal(Logits.Ranked(logits).Take(k).Order(), Logits.Left(new TopKSampler(k), logits)));

    [Fact]
    public void Top_p_keeps_the_smallest_sufficient_set_of_best() =>
        Gen.Select(Logits.Any, Share, MinKeep).Sample((logits, p, minKeep) =>
        {
            int[] left = Logits.Left(new TopPSampler(p, minKeep), logits);
            double[] probabilities = Logits.Softmax(logits);
            int[] ranked = Logits.Ranked(logits);
            Assert.Equal(ranked.Take(left.Length).Order(), left);
            Assert.True(left.Length >= Math.Min(minKeep, logits.Length));
            double sum = left.Sum(id => probabilities[id]);
            Assert.True(sum >= p - Near || left.Length == logits.Length);
            if (left.Length > Math.Max(1, minKeep))
                Assert.True(sum - probabilities[ranked[left.Length - 1]] < p + Near);
        });

    [Fact]
    public void Top_p_of_a_flat_distribution_looks_far_enough()
    {
        var logits = new float[20_000];
        int[] left = Logits.Left(new TopPSampler(0.75f, 0), logits);
        Assert.InRange(left.Length, 14_990, 15_010);
        Assert.Equal(Enumerable.Range(0, left.Length), left);
    }

    [Fact]
    public void Min_p_keeps_those_near_enough_to_the_best() =>
        Gen.Select(Logits.Any, Gen.Float[0.001f, 1], MinKeep).Sample((logits, p, minKeep) =>
        {
            int[] left = Logits.Left(new MinPSampler(p, minKeep), logits);
            double[] probabilities = Logits.Softmax(logits);
            double best = probabilities.Max();
            int[] ranked = Logits.Ranked(logits);
            Assert.Equal(ranked.Take(left.Length).Order(), left);
            Assert.True(left.Length >= Math.Min(minKeep, logits.Length));
            foreach (int id in ranked.Skip(left.Length))
                Assert.True(probabilities[id] < p * best * (1 + Near));
            if (left.Length > Math.Max(1, minKeep))
                Assert.All(left, id => Assert.True(probabilities[id] >= p * best * (1 - Near)));
        });

    [Fact]
    public void Typical_keeps_the_smallest_sufficient_set_nearest_to_the_entropy() =>
        Gen.Select(Logits.Distinct, Share, MinKeep).Sample((logits, p, minKeep) =>
        {
            int[] left = Logits.Left(new TypicalSampler(p, minKeep), logits);
            double[] probabilities = Logits.Softmax(logits);
            double entropy = -probabilities.Sum(q => q * Math.Log(q));
            double Distance(int id) => Math.Abs(-Math.Log(probabilities[id]) - entropy);

            Assert.True(left.Length >= Math.Min(minKeep, logits.Length));
            double farthest = left.Max(Distance);
            foreach (int id in Enumerable.Range(0, logits.Length).Except(left))
                Assert.True(Distance(id) >= farthest - 1e-4);
            double sum = left.Sum(id => probabilities[id]);
            Assert.True(sum > p - Near || left.Length == logits.Length);
            if (left.Length > Math.Max(1, minKeep))
                Assert.True(left.Where(id => Distance(id) < farthest - 1e-4).Sum(id => probabilities[id]) <= p + Near);
        });

    [Fact]
    public void Top_n_sigma_forbids_what_is_far_below_the_best() =>
        Gen.Select(Logits.Distinct, Gen.Float[0.1f, 3]).Sample((logits, n) =>
        {
            var candidates = new Candidates();
            candidates.Load(logits);
            new TopNSigmaSampler(n).Apply(candidates);
            double mean = logits.Average(logit => (double)logit);
            double deviation = Math.Sqrt(logits.Average(logit => (logit - mean) * (logit - mean)));
            double least = logits.Max() - n * deviation;
            Assert.Equal(logits.Length, candidates.Count);
            for (int id = 0; id < logits.Length; id++)
                if (logits.Length > 1 && Math.Abs(logits[id] - least) > Near)
                    Assert.Equal(logits[id] < least, float.IsNegativeInfinity(candidates.Logits[id]));
        });

    [Fact]
    public void Xtc_leaves_the_least_likely_of_the_top_ones() =>
        Gen.Select(Logits.Any, Gen.Float[0.01f, 0.5f], MinKeep).Sample((logits, threshold, minKeep) =>
        {
            int[] left = Logits.Left(new XtcSampler(1, threshold, minKeep, seed: 1), logits);
            double[] probabilities = Logits.Softmax(logits);
            if (probabilities.Any(p => Math.Abs(p - threshold) < Near))
                return;
            int top = probabilities.Count(p => p >= threshold);
            int[] expected = [.. Logits.Ranked(logits).Skip(Math.Max(0, top - 1)).Order()];
            Assert.Equal(top > 1 && expected.Length >= minKeep ? expected : Enumerable.Range(0, logits.Length), left);
        });

    [Fact]
    public void Xtc_removes_with_its_probability()
    {
        float[] logits = [2, 2, 2, -5];
        var candidates = new Candidates();
        var sampler = new XtcSampler(0.3f, 0.1f, minKeep: 0, seed: 11);
        int[] Run() => [.. Enumerable.Range(0, 10_000).Select(_ =>
        {
            candidates.Load(logits);
            sampler.Apply(candidates);
            return candidates.Count;
        })];
        int[] first = Run();
        Assert.InRange(first.Count(count => count == 2), 2800, 3200);
        sampler.Reset();
        Assert.Equal(first, Run());
    }

    [Fact]
    public void The_order_of_the_candidates_does_not_matter() =>
        Gen.Select(Logits.Distinct, Share, Gen.Int[0, 5]).Sample((logits, p, minKeep) =>
        {
            ISampler[] samplers =
            [
                new TopKSampler(minKeep + 1), new TopPSampler(p, minKeep), new MinPSampler(p + 0.001f, minKeep),
                new TypicalSampler(p, minKeep), new XtcSampler(1, 0.05f, minKeep, seed: 1),
            ];
            foreach (ISampler sampler in samplers)
            {
                var sorted = new Candidates();
                sorted.Load(logits);
                sorted.KeepBest(logits.Length);
                sampler.Apply(sorted);
                Assert.Equal(Logits.Left(sampler, logits), sorted.Ids.ToArray().Order());
            }
        });
}
