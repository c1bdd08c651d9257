namespace Quipu.Engine.Sampling;

/// <summary>The last tokens of the text, up to a capacity.</summary>
internal sealed class TokenHistory(int capacity)
{
    private int[] _ring = new int[Math.Min(capacity, 256)];
    private int _oldest;

    /// <summary>Number of tokens held.</summary>
    public int Count { get; private set; }

    /// <summary>A token by its distance from the end: 0 is the newest.</summary>
    public int FromEnd(int distance)
    {
        int place = _oldest + Count - 1 - distance;
        return _ring[place < _ring.Length ? place : place - _ring.Length];
    }

    /// <summary>Adds a token. Where the history is full, the oldest one leaves it and is returned.</summary>
    public int? Add(int token)
    {
        if (Count == capacity)
        {
            int leaving = _ring[_oldest];
            _ring[_oldest] = token;
            _oldest = _oldest + 1 == capacity ? 0 : _oldest + 1;
            return leaving;
        }
        if (Count == _ring.Length)
            // The context may be long and the text short: the ring grows with the text until it turns.
            Array.Resize(ref _ring, (int)Math.Min(capacity, 2L * _ring.Length));
        _ring[Count++] = token;
        return null;
    }

    /// <summary>Forgets all tokens.</summary>
    public void Clear() => Count = _oldest = 0;
}
