namespace Quipu.Engine.Sampling;

/// <summary>
/// Locally typical sampling (Meister et al., 2022): keeps the fewest candidates whose probabilities add up to more
/// than p, taken in the order of how near their surprise is to the expected one, the entropy.
/// </summary>
internal sealed class TypicalSampler(float p, int minKeep) : ISampler
{
    public void Apply(Candidates candidates)
    {
        candidates.Softmax();
        double entropy = candidates.Entropy();
        Span<ulong> keys = candidates.Scratch(candidates.Count);
        for (int i = 0; i < keys.Length; i++)
            keys[i] = Key(candidates, i, entropy);
        keys.Sort();

        ulong last = LastTypical(keys, candidates.Probabilities);
        int kept = 0;
        for (int i = 0; i < candidates.Count; i++)
            if (Key(candidates, i, entropy) <= last)
                candidates.Move(i, kept++);
        candidates.Truncate(kept);
    }

    // Distance from the entropy above the place. A distance is never negative, so that its bits rank as it does;
    // that of an impossible candidate is +∞.
    private static ulong Key(Candidates candidates, int place, double entropy)
    {
        float distance = MathF.Abs((float)(candidates.SurpriseOf(candidates.Logits[place]) - entropy));
        return (ulong)BitConverter.SingleToUInt32Bits(distance) << 32 | (uint)place;
    }

    private ulong LastTypical(ReadOnlySpan<ulong> keys, ReadOnlySpan<float> probabilities)
    {
        float sum = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            sum += probabilities[(int)(uint)keys[i]];
            if (sum > p && i + 1 >= minKeep)
                return keys[i];
        }
        return ulong.MaxValue;
    }
}
