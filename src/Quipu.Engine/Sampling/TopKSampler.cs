namespace Quipu.Engine.Sampling;

/// <summary>Keeps the k best candidates (Fan et al., 2018).</summary>
internal sealed class TopKSampler(int k) : ISampler
{
    public void Apply(Candidates candidates) => candidates.KeepBest(k);
}
