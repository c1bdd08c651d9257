namespace Quipu.Engine.Sampling;

/// <summary>
/// A temperature between two bounds: the upper one where all candidates are equally likely, the lower one where one
/// is certain; in between it follows a power of the entropy's share of its maximum.
/// </summary>
internal sealed class DynamicTemperatureSampler(float temperature, float range, float exponent) : ISampler
{
    public void Apply(Candidates candidates)
    {
        if (candidates.Count <= 1)
            return;
        candidates.Softmax();
        double share = candidates.Entropy() / Math.Log(candidates.Count);
        float least = MathF.Max(0, temperature - range);
        float most = temperature + range;
        float dynamic = least + (most - least) * (float)Math.Pow(share, exponent);
        TemperatureSampler.Apply(candidates, dynamic);
    }
}
