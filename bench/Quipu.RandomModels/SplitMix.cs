namespace Quipu.RandomModels;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"): the same numbers on every machine.</summary>
/// <param name="seed">Any number.</param>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number of mean 0 and variance 1: the sum of twelve of 0 … 1, less 6. No tails beyond 6, and no function that differs between machines.</summary>
    public float NextNormal()
    {
        uint sum = 0;
        for (int i = 0; i < 6; i++)
        {
            ulong bits = Next();
            sum += ((uint)bits >> 8) + ((uint)(bits >> 32) >> 8);
        }
        return (sum / (float)(1 << 24)) - 6;
    }
}
