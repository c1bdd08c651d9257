namespace Quipu.Engine.Sampling;

/// <summary>Nucleus sampling (Holtzman et al., 2019): keeps the fewest best candidates whose probabilities add up to p.</summary>
internal sealed class TopPSampler(float p, int minKeep) : ISampler
{
    private const int FirstLook = 128;
    private const int Growth = 8;

    public void Apply(Candidates candidates)
    {
        candidates.Softmax();
        // The nucleus is small as a rule: look at the best few, then at more.
        int look = FirstLook;
        while (true)
        {
            ReadOnlySpan<ulong> best = candidates.Best(look);
            int nucleus = NucleusLength(candidates, best);
            if (nucleus > 0 || best.Length == candidates.Count)
            {
                candidates.KeepBest(nucleus > 0 ? nucleus : candidates.Count);
                return;
            }
            look = (int)Math.Min(candidates.Count, (long)look * Growth);
        }
    }

    // Number of candidates in the nucleus, or 0 where it is larger than what was looked at.
    private int NucleusLength(Candidates candidates, ReadOnlySpan<ulong> best)
    {
        float sum = 0;
        for (int i = 0; i < best.Length; i++)
        {
            sum += candidates.ProbabilityOf(CandidateKey.Logit(best[i]));
            if (sum >= p && i + 1 >= minKeep)
                return i + 1;
        }
        return 0;
    }
}
