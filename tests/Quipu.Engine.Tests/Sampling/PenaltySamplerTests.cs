using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

public sealed class PenaltySamplerTests
{
    private const int Vocabulary = 12;

    private static readonly Gen<float[]> LogitsGen = Gen.Float[-5, 5].Array[Vocabulary];
    private static readonly Gen<int[]> Text = Gen.Int[0, Vocabulary - 1].Array[0, 60];

    [Fact]
    public void Penalties_follow_their_definition() =>
        Gen.Select(LogitsGen, Text, Gen.Int[1, 70], Gen.Float[0.5f, 2], Gen.Float[-1, 1], Gen.Float[-1, 1]).Sample(
            (logits, text, lastN, repeat, frequency, presence) =>
            {
                var sampler = new PenaltySampler(lastN, repeat, frequency, presence);
                float[] actual = Apply(sampler, text, logits);
                for (int id = 0; id < Vocabulary; id++)
                {
                    int count = text.TakeLast(lastN).Count(token => token == id);
                    float expected = logits[id];
                    if (count > 0)
                        expected = (expected > 0 ? expected / repeat : expected * repeat) - count * frequency - presence;
                    Assert.Equal(expected, actual[id], 1e-5);
                }
            });

    [Fact]
    public void Candidates_that_are_sorted_or_gone_are_treated_alike()
    {
        var sampler = new PenaltySampler(8, 2, 0, 0);
        foreach (int token in new[] { 0, 2, 99 })
            sampler.Accept(token);
        var candidates = new Candidates();
        candidates.Load([4, 3, 2, 1]);
        candidates.KeepBest(2);
        sampler.Apply(candidates);
        Assert.Equal([0, 1], candidates.Ids.ToArray());
        Assert.Equal([2, 3], candidates.Logits.ToArray());
        candidates.KeepBest(1);
        Assert.Equal([1], candidates.Ids.ToArray());
    }

    [Fact]
    public void Reset_forgets_the_text()
    {
        var sampler = new PenaltySampler(8, 2, 1, 1);
        float[] logits = [1, 2, 3];
        Assert.NotEqual(logits, Apply(sampler, [0, 1, 2], logits));
        sampler.Reset();
        Assert.Equal(logits, Apply(sampler, [], logits));
    }

    [Fact]
    public void Dry_follows_its_definition() =>
        Gen.Select(LogitsGen, Gen.Int[0, 3].Array[0, 60], Gen.Int[1, 70], Gen.Int[0, 4], Gen.Float[1, 2], Gen.Bool).Sample(
            (logits, text, lastN, allowed, growth, broken) =>
            {
                // Token 3 is a breaker where there is one: the text then counts from behind it.
                DrySequenceBreakers breakers = broken ? Vocabulary4(["d"]) : DrySequenceBreakers.None;
                var sampler = new DrySampler(0.5f, growth, allowed, lastN, breakers);
                float[] actual = Apply(sampler, text, logits);

                int[] last = [.. text.TakeLast(lastN)];
                int limit = broken && last.Contains(3) ? last.Length - 1 - Array.LastIndexOf(last, 3) : last.Length;
                for (int id = 0; id < Vocabulary; id++)
                {
                    int longest = -1;
                    for (int place = 1; place < last.Length; place++)
                        if (last[place] == id)
                            longest = Math.Max(longest, Math.Min(limit, CommonSuffix(last.AsSpan(0, place), last)));
                    bool penalised = !(broken && id == 3) && longest >= allowed && limit >= allowed && last.Length > allowed;
                    double expected = logits[id] - (penalised ? 0.5 * Math.Pow(growth, longest - allowed) : 0);
                    Assert.True(Math.Abs(expected - actual[id]) <= 1e-5 * (1 + Math.Abs(expected)));
                }
            });

    [Fact]
    public void Breakers_are_found_inside_and_across_tokens()
    {
        // "xab" begins the breaker with its end, "c" is its tail; "abc" holds it whole.
        string[] pieces = ["xab", "c", "abc", "a", "b"];
        int[] Encode(byte[] text) => [.. text.Select(letter => Array.IndexOf(pieces, ((char)letter).ToString()))];
        var breakers = new DrySequenceBreakers(["abc"], pieces.Length, id => System.Text.Encoding.UTF8.GetBytes(pieces[id]), Encode);

        Assert.Equal(0, breakers.LongestTail([2], 0));
        Assert.Equal(1, breakers.LongestTail([1, 0], 1));
        Assert.Equal(-1, breakers.LongestTail([0], 0));
        Assert.Equal(-1, breakers.LongestTail([4, 0], 1));
        Assert.Equal(2, breakers.LongestTail([1, 4, 3], 2));
        Assert.Equal(-1, breakers.LongestTail([1], 0));
        Assert.Equal([false, false, true, false, false], Enumerable.Range(0, 5).Select(breakers.IsBreaker));
    }

    [Fact]
    public void An_extreme_repetition_does_not_overflow_to_nan()
    {
        var sampler = new DrySampler(10, 4, 2, 4096, DrySequenceBreakers.None);
        float[] actual = Apply(sampler, [.. Enumerable.Repeat(1, 4096)], [0, 0, 0]);
        Assert.Equal(0, actual[0]);
        Assert.True(actual[1] < -1e30f);
    }

    [Fact]
    public void Logit_bias_adds_and_forbids()
    {
        var candidates = new Candidates();
        candidates.Load([1, 2, 3]);
        new LogitBiasSampler([new(0, 5), new(2, float.NegativeInfinity), new(7, 1)]).Apply(candidates);
        Assert.Equal([6, 2, float.NegativeInfinity], candidates.Logits.ToArray());
    }

    private static DrySequenceBreakers Vocabulary4(string[] breakers) =>
        new(breakers, 4, id => new[] { (byte)('a' + id) }, text => [.. text.Select(letter => letter - 'a')]);

    private static int CommonSuffix(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        int length = 0;
        while (length < a.Length && length < b.Length && a[^(length + 1)] == b[^(length + 1)])
            length++;
        return length;
    }

    private static float[] Apply(ISampler sampler, int[] text, float[] logits)
    {
        foreach (int token in text)
            sampler.Accept(token);
        var candidates = new Candidates();
        candidates.Load(logits);
        sampler.Apply(candidates);
        return candidates.Logits.ToArray();
    }
}
