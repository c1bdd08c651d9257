namespace Quipu.Engine.Sampling;

/// <summary>
/// Mirostat (Basu et al., 2020): chooses among so many best candidates that the text's surprise stays near a target.
/// The number follows from the tail of the distribution, estimated as a Zipf law over the best candidates.
/// </summary>
internal sealed class MirostatV1(uint seed, float tau, float eta) : ITokenChooser
{
    // How many candidates the law's exponent is estimated from.
    private const int Estimated = 100;

    private readonly RandomChoice _choice = new(seed);

    /// <summary>The greatest surprise, in bits, that is let through.</summary>
    public double Mu { get; private set; } = 2 * tau;

    public int Choose(Candidates candidates)
    {
        double s = ZipfExponent(candidates.Best(Estimated));
        double epsilon = s - 1;
        double k = Math.Pow(epsilon * Math.Pow(2, Mu) / (1 - Math.Pow(candidates.VocabularySize, -epsilon)), 1 / s);
        // Where the law does not fit (NaN) only the best candidate is kept. Keeping all of them needs no sorting.
        if (!(k >= candidates.Count))
            candidates.KeepBest((int)Math.Max(double.IsNaN(k) ? 1 : k, 1));

        int place = _choice.ChoosePlace(candidates);
        Mu -= eta * (-Math.Log2(candidates.Probabilities[place]) - tau);
        return candidates.Ids[place];
    }

    public void Reset()
    {
        _choice.Reset();
        Mu = 2 * tau;
    }

    // Least squares through the origin of ln(p_i / p_(i+1)) over ln((i+2) / (i+1)).
    private static double ZipfExponent(ReadOnlySpan<ulong> best)
    {
        double products = 0, squares = 0;
        for (int i = 0; i < best.Length - 1; i++)
        {
            double rank = Math.Log((i + 2.0) / (i + 1));
            // The quotient of two probabilities is the difference of their logits.
            double fall = CandidateKey.Logit(best[i]) - CandidateKey.Logit(best[i + 1]);
            if (!double.IsFinite(fall))
                break;
            products += rank * fall;
            squares += rank * rank;
        }
        return products / squares;
    }
}
