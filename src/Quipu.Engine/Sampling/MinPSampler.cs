namespace Quipu.Engine.Sampling;

/// <summary>Min-p (Nguyen et al., 2024): keeps the candidates at least p times as likely as the best one.</summary>
internal sealed class MinPSampler(float p, int minKeep) : ISampler
{
    // p times as likely is a distance of ln p between the logits, whatever the other candidates.
    private readonly float _distance = (float)Math.Log(p);

    public void Apply(Candidates candidates)
    {
        float least = candidates.Maximum() + _distance;
        int above = 0;
        foreach (float logit in candidates.Logits)
            if (logit >= least)
                above++;
        if (above < minKeep)
            candidates.KeepBest(minKeep);
        else if (above < candidates.Count)
            candidates.KeepFrom(least);
    }
}
