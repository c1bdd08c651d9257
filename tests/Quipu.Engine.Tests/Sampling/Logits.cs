using CsCheck;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests.Sampling;

/// <summary>Random logits for property tests, and the plain definitions that they are held against.</summary>
internal static class Logits
{
    /// <summary>Distinct logits.</summary>
    public static readonly Gen<float[]> Distinct =
        from count in Gen.Int[1, 300]
        from shuffled in Gen.Shuffle(Enumerable.Range(0, count).ToArray())
        from scale in Gen.Float[0.01f, 0.5f]
        select shuffled.Select(rank => (rank - count / 2) * scale * 20 / count).ToArray();

    /// <summary>Logits with many ties and some forbidden ones, but at least one allowed.</summary>
    public static readonly Gen<float[]> Any =
        from count in Gen.Int[1, 3000]
        from values in Gen.Frequency(
            (1, Gen.Const(float.NegativeInfinity)), (5, Gen.Int[-8, 8].Select(value => value / 2f)), (5, Gen.Float[-12, 12])).Array[count]
        from allowed in Gen.Int[0, count - 1]
        select values.Select((value, i) => i == allowed && float.IsNegativeInfinity(value) ? 0 : value).ToArray();

    /// <summary>Token ids, best first.</summary>
    public static int[] Ranked(float[] logits) =>
        [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id)];

    /// <summary>The softmax in doubles.</summary>
    public static double[] Softmax(float[] logits)
    {
        double maximum = logits.Max();
        double[] exponentials = [.. logits.Select(logit => Math.Exp(logit - maximum))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select(value => value / sum)];
    }

    /// <summary>Ids that a sampler leaves, ascending.</summary>
    public static int[] Left(ISampler sampler, float[] logits)
    {
        var candidates = new Candidates();
        candidates.Load(logits);
        sampler.Apply(candidates);
        return [.. candidates.Ids.ToArray().Order()];
    }
}
