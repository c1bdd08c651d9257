using System.Runtime.InteropServices;
using CharSet = Quipu.Engine.Grammars.Syntax.CharSet;

namespace Quipu.Engine.Grammars.Matching;

/// <summary>
/// Automata over bytes that read one character of a set in UTF-8. Their states are shared: what is to come of a character is the same
/// state whatever came before it.
/// </summary>
internal sealed class ByteClasses
{
    /// <summary>No character of the set begins so.</summary>
    public const ushort Dead = 0;

    /// <summary>The character is complete.</summary>
    public const ushort Done = 1;

    private const int Lanes = 64; // values of a continuation byte

    private readonly List<ushort[]> _rows = [new ushort[256], new ushort[256]];
    private readonly Dictionary<RowKey, ushort> _byRow = [];
    private readonly Dictionary<CharSet, ushort> _bySet = [];
    private readonly ushort[] _any = new ushort[4]; // state of "any k continuation bytes"

    /// <summary>The state before the first byte of a character of a set.</summary>
    /// <exception cref="GrammarException">There are too many different sets.</exception>
    public ushort Start(CharSet set)
    {
        if (_bySet.TryGetValue(set, out ushort state))
            return state;
        var row = new ushort[256];
        var ranges = set.Ranges;
        for (int lead = 0; lead < 0x80; lead++)
            row[lead] = set.Contains(lead) ? Done : Dead;
        for (int lead = 0xc2; lead <= 0xdf; lead++)
            row[lead] = Rest(ranges, (lead & 0x1f) << 6, 1, 0x80);
        for (int lead = 0xe0; lead <= 0xef; lead++)
            row[lead] = Rest(ranges, (lead & 0x0f) << 12, 2, 0x800);
        for (int lead = 0xf0; lead <= 0xf4; lead++)
            row[lead] = Rest(ranges, (lead & 0x07) << 18, 3, 0x10000);
        state = Intern(row);
        _bySet.Add(set, state);
        return state;
    }

    /// <summary>The state after a byte.</summary>
    public ushort Next(int state, byte value) => _rows[state][value];

    /// <summary>The state before the last <paramref name="length"/> bytes of the characters from <paramref name="first"/>.</summary>
    /// <param name="ranges">The set.</param>
    /// <param name="first">The code point with zeros in these bytes.</param>
    /// <param name="length">Bytes to come.</param>
    /// <param name="least">The least code point that UTF-8 writes with so many bytes.</param>
    private ushort Rest(ReadOnlySpan<(int Low, int High)> ranges, int first, int length, int least)
    {
        int last = Math.Min(CharSet.Last, first + (1 << (6 * length)) - 1);
        int from = Math.Max(first, least);
        if (from > last)
            return Dead;
        while (ranges.Length > 0 && ranges[0].High < from)
            ranges = ranges[1..];
        while (ranges.Length > 0 && ranges[^1].Low > last)
            ranges = ranges[..^1];
        if (ranges.IsEmpty)
            return Dead;
        bool whole = ranges[0].Low <= first && ranges[0].High >= last && from == first && last - first == (1 << (6 * length)) - 1;
        bool surrogates = first <= 0xdfff && last >= 0xd800;
        if (length == 0)
            return Done;
        if (whole && !surrogates && _any[length] != 0)
            return _any[length];
        var row = new ushort[256];
        for (int value = 0; value < Lanes; value++)
        {
            int part = first + (value << (6 * (length - 1)));
            if (part is < 0xd800 or > 0xdfff)
                row[0x80 + value] = Rest(ranges, part, length - 1, least);
        }
        ushort state = row.AsSpan().ContainsAnyExcept(Dead) ? Intern(row) : Dead;
        if (whole && !surrogates)
            _any[length] = state;
        return state;
    }

    private ushort Intern(ushort[] row)
    {
        var key = new RowKey(row);
        if (_byRow.TryGetValue(key, out ushort state))
            return state;
        if (_rows.Count > ushort.MaxValue)
            throw new GrammarException("The grammar has too many different character classes.");
        state = (ushort)_rows.Count;
        _rows.Add(row);
        _byRow.Add(key, state);
        return state;
    }

    private readonly record struct RowKey(ushort[] Row)
    {
        public bool Equals(RowKey other) => Row.AsSpan().SequenceEqual(other.Row);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(Row.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
