namespace Quipu.Engine.Grammars.Matching;

/// <summary>Tokens: a bit each where they are many, their ids where they are few.</summary>
internal sealed class TokenSet
{
    private const int Few = 512;

    private readonly ulong[]? _bits;
    private readonly int[] _ids = [];

    /// <summary>Keeps what a mask has.</summary>
    public TokenSet(ReadOnlySpan<ulong> mask)
    {
        int count = 0;
        foreach (ulong word in mask)
            count += System.Numerics.BitOperations.PopCount(word);
        if (count > Few)
        {
            _bits = mask.ToArray();
            return;
        }
        _ids = new int[count];
        int written = 0;
        for (int i = 0; i < mask.Length; i++)
            for (ulong word = mask[i]; word != 0; word &= word - 1)
                _ids[written++] = (i * 64) + System.Numerics.BitOperations.TrailingZeroCount(word);
    }

    /// <summary>Adds these tokens to a mask.</summary>
    public void AddTo(Span<ulong> mask)
    {
        if (_bits is null)
        {
            foreach (int id in _ids)
                mask[id >> 6] |= 1UL << (id & 63);
            return;
        }
        for (int i = 0; i < _bits.Length; i++)
            mask[i] |= _bits[i];
    }
}
