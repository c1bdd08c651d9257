namespace Quipu.Engine.Sampling;

/// <summary>
/// Divides the logits by the temperature: below 1 likely candidates gain, above 1 they lose.
/// A temperature of 0 or less forbids all candidates but the best.
/// </summary>
internal sealed class TemperatureSampler(float temperature) : ISampler
{
    public void Apply(Candidates candidates) => Apply(candidates, temperature);

    /// <summary>Applies a temperature.</summary>
    public static void Apply(Candidates candidates, float temperature)
    {
        // A quotient that overflows stands for a temperature that cannot be told from 0.
        if (temperature > 0 && float.IsFinite(candidates.Maximum() / temperature))
        {
            LogitMath.Divide(candidates.Logits, temperature);
            return;
        }
        int best = candidates.BestPlace();
        float logit = candidates.Logits[best];
        candidates.Logits.Fill(float.NegativeInfinity);
        candidates.Logits[best] = logit;
    }
}
