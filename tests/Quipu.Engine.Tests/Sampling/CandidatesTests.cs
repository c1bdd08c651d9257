using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class CandidatesTests
{
    [Fact]
    public void Keys_sort_best_first_and_give_back_what_they_hold() =>
        Gen.Select(Gen.Float[-1e30f, 1e30f], Gen.Float[-1e30f, 1e30f], Gen.Int[0, 1 << 30], Gen.Int[0, 1 << 30]).Sample((a, b, idA, idB) =>
        {
            Assert.Equal(a, CandidateKey.Logit(CandidateKey.Of(a, idA)));
            Assert.Equal(idA, CandidateKey.Id(CandidateKey.Of(a, idA)));
            int expected = a != b ? b.CompareTo(a) : idA.CompareTo(idB);
            Assert.Equal(Math.Sign(expected), CandidateKey.Of(a, idA).CompareTo(CandidateKey.Of(b, idB)));
        });

    [Fact]
    public void Extreme_logits_have_their_places()
    {
        float[] descending = [float.MaxValue, 1, float.Epsilon, 0, -float.Epsilon, -1, float.MinValue, float.NegativeInfinity];
        ulong[] keys = [.. descending.Select(logit => CandidateKey.Of(logit, 3))];
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(descending, keys.Select(CandidateKey.Logit));
        Assert.Equal(CandidateKey.Of(0f, 3), CandidateKey.Of(-0f, 3));
    }

    [Fact]
    public void Best_are_those_of_a_full_sort_whatever_the_order() =>
        Gen.Select(Logits.Any, Gen.Int[1, 3000], Gen.Int[1, 3000]).Sample((logits, first, second) =>
        {
            var candidates = new Candidates();
            candidates.Load(logits);
            int[] ranked = Logits.Ranked(logits);

            Assert.Equal(ranked.Take(first), candidates.Best(first).ToArray().Select(CandidateKey.Id));
            Assert.Equal(Enumerable.Range(0, logits.Length), candidates.Ids.ToArray());
            candidates.KeepBest(first);
            Assert.Equal(ranked.Take(first), candidates.Ids.ToArray());
            Assert.Equal(ranked.Take(first).Select(id => logits[id]), candidates.Logits.ToArray());
            candidates.KeepBest(second);
            Assert.Equal(ranked.Take(Math.Min(first, second)), candidates.Ids.ToArray());
        });

    [Fact]
    public void Few_of_many_are_selected_as_by_a_full_sort()
    {
        foreach (int k in new[] { 1, 2, 40, 500, 4000 })
            foreach (Func<int, float> shape in new Func<int, float>[] { i => i, i => -i, i => i % 7, i => i * 7919 % 40_009, _ => 0 })
            {
                float[] logits = [.. Enumerable.Range(0, 40_003).Select(shape)];
                var candidates = new Candidates();
                candidates.Load(logits);
                candidates.KeepBest(k);
                Assert.Equal(Logits.Ranked(logits).Take(k), candidates.Ids.ToArray());
            }
    }

    [Fact]
    public void Forbidden_tokens_fill_up_what_is_missing()
    {
        var logits = new float[5003];
        Array.Fill(logits, float.NegativeInfinity);
        logits[4000] = 1;
        logits[5002] = 2;
        var candidates = new Candidates();
        candidates.Load(logits);
        candidates.KeepBest(4);
        Assert.Equal([5002, 4000, 0, 1], candidates.Ids.ToArray());
    }

    [Fact]
    public void Loading_again_restores_everything() =>
        Gen.Select(Logits.Any, Logits.Any, Gen.Int[1, 50]).Sample((first, second, k) =>
        {
            var candidates = new Candidates();
            candidates.Load(first);
            candidates.KeepFrom(first.Max() - 1);
            candidates.KeepBest(k);
            candidates.Load(second);
            Assert.Equal(Enumerable.Range(0, second.Length), candidates.Ids.ToArray());
            Assert.Equal(second, candidates.Logits.ToArray());
            Assert.Equal(CandidateOrder.ById, candidates.Order);
        });

    [Fact]
    public void A_token_is_found_in_every_order()
    {
        float[] logits = [3, 1, 4, 1.5f, 5];
        var candidates = new Candidates();
        candidates.Load(logits);
        Assert.Equal([2, -1, -1], new[] { 2, 5, -1 }.Select(candidates.Find));
        candidates.KeepFrom(1.5f);
        Assert.Equal([0, -1, 1, 2, 3], Enumerable.Range(0, 5).Select(candidates.Find));
        candidates.KeepBest(3);
        Assert.Equal([2, -1, 1, -1, 0], Enumerable.Range(0, 5).Select(candidates.Find));
    }

    [Fact]
    public void Best_place_takes_the_smaller_id_of_equals()
    {
        var candidates = new Candidates();
        candidates.Load([1, 3, 3, 2]);
        Assert.Equal(1, candidates.BestPlace());
        candidates.KeepBest(4);
        candidates.Logits[0] = 0; // token 1
        candidates.Logits[3] = 3; // token 0, behind token 2 with the same logit
        candidates.LogitsChanged();
        Assert.Equal(0, candidates.Ids[candidates.BestPlace()]);
    }

    [Fact]
    public void Softmax_entropy_and_surprise_follow_their_definitions() =>
        Logits.Any.Sample(logits =>
        {
            var candidates = new Candidates();
            candidates.Load(logits);
            candidates.Softmax();
            double[] expected = Logits.Softmax(logits);
            for (int i = 0; i < logits.Length; i++)
            {
                Assert.Equal(expected[i], candidates.Probabilities[i], 1e-6);
                if (expected[i] > 0)
                    Assert.Equal(-Math.Log(expected[i]), candidates.SurpriseOf(logits[i]), 1e-4);
            }
            Assert.Equal(-expected.Sum(p => p > 0 ? p * Math.Log(p) : 0), candidates.Entropy(), 1e-4);
        });
}
