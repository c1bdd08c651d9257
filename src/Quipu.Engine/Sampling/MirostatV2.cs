namespace Quipu.Engine.Sampling;

/// <summary>
/// Mirostat 2.0 (Basu et al., 2020): removes the candidates whose surprise is above a bound, and moves the bound by
/// how far the chosen one's surprise was from the target.
/// </summary>
internal sealed class MirostatV2(uint seed, float tau, float eta) : ITokenChooser
{
    private readonly RandomChoice _choice = new(seed);

    /// <summary>The greatest surprise, in bits, that is let through.</summary>
    public double Mu { get; private set; } = 2 * tau;

    public int Choose(Candidates candidates)
    {
        candidates.Softmax();
        int best = candidates.BestPlace();
        // A surprise of at most mu is a probability of at least 2^-mu.
        float least = (float)Math.Pow(2, -Mu);
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
            if (i == best || candidates.Probabilities[i] >= least)
                candidates.Move(i, kept++);
        candidates.Truncate(kept);

        int place = _choice.ChoosePlace(candidates);
        Mu -= eta * (-Math.Log2(candidates.Probabilities[place]) - tau);
        return candidates.Ids[place];
    }

    public void Reset()
    {
        _choice.Reset();
        Mu = 2 * tau;
    }
}
