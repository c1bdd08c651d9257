namespace Quipu.Engine.Sampling;

/// <summary>
/// Exclude top choices: with a given chance removes all candidates at or above a probability but the least likely of
/// them, so that the text leaves the beaten track. Draws from random numbers of its own with the chain's seed.
/// </summary>
internal sealed class XtcSampler(float probability, float threshold, int minKeep, uint seed) : ISampler
{
    private readonly MersenneTwister _random = new(seed);

    public void Apply(Candidates candidates)
    {
        if (candidates.Count < 2)
            return;
        float chance = _random.NextUInt32() * (1f / 4294967296f);
        if (chance > probability)
            return;
        candidates.Softmax();
        (int top, int least) = Top(candidates);
        int removed = top - 1;
        if (removed <= 0 || candidates.Count - removed < minKeep)
            return;
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
            if (i == least || !IsTop(candidates.Probabilities[i]))
                candidates.Move(i, kept++);
        candidates.Truncate(kept);
    }

    public void Reset() => _random.Seed(seed);

    // What is impossible is no top choice even at a threshold of 0: else it could be the only one that is left.
    private bool IsTop(float candidate) => candidate >= threshold && candidate > 0;

    // How many reach the threshold, and the place of the least likely of them.
    private (int Count, int Least) Top(Candidates candidates)
    {
        int count = 0, least = -1;
        ulong leastKey = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            if (!IsTop(candidates.Probabilities[i]))
                continue;
            count++;
            ulong key = CandidateKey.Of(candidates.Logits[i], candidates.Ids[i]);
            if (key >= leastKey)
                (leastKey, least) = (key, i);
        }
        return (count, least);
    }
}
