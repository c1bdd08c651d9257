namespace Quipu.Engine.Sampling;

/// <summary>
/// MT19937, the 32-bit Mersenne Twister of Matsumoto and Nishimura (1998), as in the C++ standard library:
/// the same seed gives the same numbers on every machine.
/// </summary>
internal sealed class MersenneTwister
{
    private const int StateLength = 624;
    private const int Shift = 397;
    private const uint Twist = 0x9908b0df;
    private const uint UpperBit = 0x80000000;

    private readonly uint[] _state = new uint[StateLength];
    private int _next;

    public MersenneTwister(uint seed) => Seed(seed);

    /// <summary>Starts the sequence of a seed.</summary>
    public void Seed(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < StateLength; i++)
            _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + i;
        _next = StateLength;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_next == StateLength)
            Advance();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    /// <summary>Uniform in [0, 1): two draws, the first gives the low half of 64 bits.</summary>
    public double NextDouble()
    {
        ulong low = NextUInt32();
        ulong bits = low | ((ulong)NextUInt32() << 32);
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    private void Advance()
    {
        for (int i = 0; i < StateLength; i++)
        {
            uint y = (_state[i] & UpperBit) | (_state[(i + 1) % StateLength] & ~UpperBit);
            uint odd = (y & 1) != 0 ? Twist : 0;
            _state[i] = _state[(i + Shift) % StateLength] ^ (y >> 1) ^ odd;
        }
        _next = 0;
    }
}
