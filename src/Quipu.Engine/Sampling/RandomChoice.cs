namespace Quipu.Engine.Sampling;

/// <summary>Picks a candidate by its probability, with the numbers of one seed.</summary>
internal sealed class RandomChoice(uint seed) : ITokenChooser
{
    private readonly MersenneTwister _random = new(seed);

    public int Choose(Candidates candidates) => candidates.Ids[ChoosePlace(candidates)];

    public void Reset() => _random.Seed(seed);

    /// <summary>The chosen candidate's place; <see cref="Candidates.Probabilities"/> are filled then.</summary>
    public int ChoosePlace(Candidates candidates)
    {
        candidates.Softmax();
        ReadOnlySpan<float> probabilities = candidates.Probabilities;
        if (probabilities.Length == 1)
            return 0;
        double sum = 0;
        foreach (float probability in probabilities)
            sum += probability;
        double target = _random.NextDouble() * sum;
        double running = 0;
        int last = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] <= 0)
                continue;
            running += probabilities[i];
            last = i;
            if (running > target)
                break;
        }
        return last;
    }
}
