using System.Runtime.InteropServices;

namespace Quipu.Engine.Sampling;

/// <summary>
/// Don't repeat yourself (p-e-w, 2024): where the end of the text also occurs earlier, the token that followed there
/// would prolong the repetition. It is penalised by multiplier · base^(length − allowed length), length being that of
/// the repetition so far. Sequence breakers end a repetition; a token that is one by itself is never penalised.
/// </summary>
internal sealed class DrySampler : ISampler
{
    // ln of the greatest float: a larger exponent of the base would overflow.
    private const double GreatestExponent = 88.7228391;

    private readonly float _multiplier;
    private readonly float _base;
    private readonly int _allowedLength;
    private readonly int _mostSteps;
    private readonly DrySequenceBreakers _breakers;
    private readonly TokenHistory _history;
    private readonly Dictionary<int, int> _longest = [];
    private int[] _newestFirst = [];
    private int[] _matches = [];

    /// <summary>Creates the sampler.</summary>
    /// <param name="multiplier">Penalty of a repetition of the allowed length.</param>
    /// <param name="growth">Factor for every token more.</param>
    /// <param name="allowedLength">Shorter repetitions are free.</param>
    /// <param name="lastTokens">How many tokens of the text are looked at.</param>
    /// <param name="breakers">What ends a repetition.</param>
    public DrySampler(float multiplier, float growth, int allowedLength, int lastTokens, DrySequenceBreakers breakers)
    {
        _multiplier = multiplier;
        _base = growth;
        _allowedLength = allowedLength;
        _mostSteps = growth > 1.000001f ? (int)Math.Min(GreatestExponent / Math.Log(growth), int.MaxValue) : int.MaxValue;
        _breakers = breakers;
        _history = new TokenHistory(lastTokens);
    }

    public void Apply(Candidates candidates)
    {
        int count = _history.Count;
        if (count <= _allowedLength)
            return;
        ReadOnlySpan<int> text = NewestFirst(count);
        int limit = LongestUnbroken(text);
        if (limit < _allowedLength)
            return;
        FindRepetitions(text, limit);
        foreach ((int token, int length) in _longest)
        {
            int place = candidates.Find(token);
            if (place >= 0 && !_breakers.IsBreaker(token))
                candidates.Logits[place] -= _multiplier * (float)Math.Pow(_base, Math.Min(length - _allowedLength, _mostSteps));
        }
        candidates.LogitsChanged();
    }

    public void Accept(int token) => _history.Add(token);

    public void Reset() => _history.Clear();

    private ReadOnlySpan<int> NewestFirst(int count)
    {
        if (_newestFirst.Length < count)
        {
            // Doubling: a text that grows by one token must not cost an allocation each.
            _newestFirst = new int[2 * count];
            _matches = new int[2 * count];
        }
        for (int i = 0; i < count; i++)
            _newestFirst[i] = _history.FromEnd(i);
        return _newestFirst.AsSpan(0, count);
    }

    // Repetitions end at the breaker nearest to the end of the text.
    private int LongestUnbroken(ReadOnlySpan<int> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int tail = _breakers.LongestTail(text, i);
            if (tail >= 0)
                return i - tail;
        }
        return text.Length;
    }

    // For each token that would continue a repetition, the length of the longest one: the Z function of the reversed
    // text gives, for every place, how much of the text's end also ends there.
    private void FindRepetitions(ReadOnlySpan<int> text, int limit)
    {
        _longest.Clear();
        Span<int> matches = _matches;
        int start = 0, end = 0; // the match that reaches farthest: [start, end)
        for (int i = 1; i < text.Length; i++)
        {
            int match = i < end ? Math.Min(matches[i - start], end - i) : 0;
            while (i + match < text.Length && text[match] == text[i + match])
                match++;
            if (i + match > end)
                (start, end) = (i, i + match);
            matches[i] = match;

            int length = Math.Min(match, limit);
            if (length < _allowedLength)
                continue;
            ref int longest = ref CollectionsMarshal.GetValueRefOrAddDefault(_longest, text[i - 1], out _);
            longest = Math.Max(longest, length);
        }
    }
}
