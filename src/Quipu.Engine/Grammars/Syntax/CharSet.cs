namespace Quipu.Engine.Grammars.Syntax;

/// <summary>A set of code points: sorted ranges that neither overlap nor touch. Compared by value.</summary>
internal sealed class CharSet : IEquatable<CharSet>
{
    /// <summary>The greatest code point.</summary>
    public const int Last = 0x10ffff;

    private readonly (int Low, int High)[] _ranges;

    private CharSet((int, int)[] ranges) => _ranges = ranges;

    /// <summary>Every character.</summary>
    public static CharSet All { get; } = new([(0, Last)]);

    /// <summary>The ranges, both ends included, ascending.</summary>
    public ReadOnlySpan<(int Low, int High)> Ranges => _ranges;

    /// <summary>One character.</summary>
    public static CharSet Of(int codePoint) => new([(codePoint, codePoint)]);

    /// <summary>The characters of a text.</summary>
    public static CharSet OfText(string text) => Of(text.EnumerateRunes().Select(rune => (rune.Value, rune.Value)));

    /// <summary>Ranges in any order.</summary>
    public static CharSet Of(params IEnumerable<(int Low, int High)> ranges)
    {
        List<(int Low, int High)> merged = [];
        foreach (var range in ranges.Where(range => range.Low <= range.High).OrderBy(range => range.Low))
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            else
                merged.Add(range);
        }
        return new CharSet([.. merged]);
    }

    /// <summary>All other characters.</summary>
    public CharSet Negate()
    {
        List<(int, int)> ranges = [];
        int next = 0;
        foreach ((int low, int high) in _ranges)
        {
            if (low > next)
                ranges.Add((next, low - 1));
            next = high + 1;
        }
        if (next <= Last)
            ranges.Add((next, Last));
        return new CharSet([.. ranges]);
    }

    /// <summary>The characters of either.</summary>
    public CharSet Union(CharSet other) => Of(_ranges.Concat(other._ranges));

    /// <summary>The characters of both.</summary>
    public CharSet Intersect(CharSet other) => Negate().Union(other.Negate()).Negate();

    /// <summary>These without those of another.</summary>
    public CharSet Except(CharSet other) => Negate().Union(other).Negate();

    /// <summary>Whether it holds no character that UTF-8 can write.</summary>
    public bool IsEmpty => _ranges.All(range => range is { Low: >= 0xd800, High: <= 0xdfff });

    /// <summary>Whether it holds a character.</summary>
    public bool Contains(int codePoint) => Array.Exists(_ranges, range => range.Low <= codePoint && codePoint <= range.High);

    /// <inheritdoc/>
    public bool Equals(CharSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CharSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var range in _ranges)
            hash.Add(range);
        return hash.ToHashCode();
    }
}
