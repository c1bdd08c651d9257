using Quipu.Engine.Grammars.Matching;

namespace Quipu.Engine.Grammars;

/// <summary>Reads a text and tells how far it fits a grammar, without a vocabulary. Not thread-safe.</summary>
/// <param name="grammar">The grammar.</param>
public sealed class GrammarMatcher(Grammar grammar)
{
    private readonly PushdownAutomaton _automaton = new(grammar.Network);
    private readonly TokenCondition[] _conditions = grammar.Network.Conditions;
    private Configuration? _configuration;

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete => Current.Accepts;

    private Configuration Current => _configuration ??= _automaton.Start();

    /// <summary>Begins a new text.</summary>
    public void Reset() => _configuration = null;

    /// <summary>Reads more of the text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <returns>How many bytes fit: all, or those before the first that no text of the grammar goes on with.</returns>
    public int Read(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            _automaton.Trim();
            var next = _automaton.Read(Current, text[i]);
            if (next.IsDead)
                return i;
            _configuration = next;
        }
        return text.Length;
    }

    /// <summary>Reads a token.</summary>
    /// <param name="id">Its id; −1 for one that the grammar does not name.</param>
    /// <param name="text">The bytes that it stands for; none where it stands for itself alone.</param>
    /// <returns>Whether it fits; where not, nothing is read.</returns>
    public bool ReadToken(int id, ReadOnlySpan<byte> text)
    {
        _automaton.Trim();
        var bytes = Current;
        foreach (byte value in text)
            bytes = _automaton.Read(bytes, value);
        var next = _automaton.ReadToken(Current, Meets, text.IsEmpty ? null : bytes);
        if (next.IsDead)
            return false;
        _configuration = next;
        return true;

        bool Meets(int condition) => (_conditions[condition].Id == id) != _conditions[condition].Negated;
    }
}
