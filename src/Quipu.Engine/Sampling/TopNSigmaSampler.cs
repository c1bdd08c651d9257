namespace Quipu.Engine.Sampling;

/// <summary>
/// Top-n-sigma (Tang et al., 2024): forbids the candidates whose logit is more than n standard deviations below the
/// best one. They stay in the list with −∞, as in llama.cpp, where samplers behind it may count them.
/// </summary>
internal sealed class TopNSigmaSampler(float n) : ISampler
{
    public void Apply(Candidates candidates)
    {
        if (candidates.Count <= 1)
            return;
        Span<float> logits = candidates.Logits;
        double deviation = LogitMath.StandardDeviation(logits);
        float least = (float)(candidates.Maximum() - n * deviation);
        foreach (ref float logit in logits)
            if (logit < least)
                logit = float.NegativeInfinity;
        // The best remain the best, in their order; the forbidden ones have become equal.
        candidates.LogitsChanged();
    }
}
