using System.Collections.Immutable;
using System.Text;

namespace Quipu.Engine;

/// <summary>
/// Ends a text at the first of its stop strings. Text that may still turn out to be the beginning of a stop string is
/// withheld; the rest is let through at once. However the text is cut into pieces, the result is the same.
/// </summary>
/// <remarks>
/// An Aho-Corasick automaton over UTF-16 units: its state stands for the longest end of the text that begins a stop
/// string, so the state's depth is the number of characters to withhold. The time is linear in the text, whatever the
/// number of stop strings. The match that is complete first counts; of those that end together, the longest.
/// </remarks>
internal sealed class StopStringMatcher
{
    private const int Root = 0;

    private readonly Dictionary<(int State, char Next), int> _children = [];
    private readonly List<State> _states = [new State()];
    private readonly StringBuilder _withheld = new();
    private int _state = Root;
    private bool _stopped;

    /// <summary>Creates a matcher.</summary>
    /// <exception cref="ArgumentException">A stop string is empty.</exception>
    public StopStringMatcher(ImmutableArray<string> stopStrings)
    {
        foreach (string stop in stopStrings)
        {
            if (string.IsNullOrEmpty(stop))
                throw new ArgumentException("A stop string is empty: it would stop before the first character.", nameof(stopStrings));
            AddToTrie(stop);
        }
        LinkSuffixes();
    }

    /// <summary>Takes the next piece of the text and returns what is certain to lie before any stop string.</summary>
    /// <param name="piece">Any piece, also an empty one.</param>
    /// <param name="stopped">Whether a stop string has been found: the text ends with what this call returns.</param>
    public string Append(string piece, out bool stopped)
    {
        for (int i = 0; i < piece.Length && !_stopped; i++)
        {
            _withheld.Append(piece[i]);
            _state = Step(_state, piece[i]);
            if (_states[_state].MatchLength is > 0 and int length)
            {
                _withheld.Length -= length;
                _state = Root;
                _stopped = true;
            }
        }
        stopped = _stopped;
        return Release(_withheld.Length - _states[_state].Depth);
    }

    /// <summary>The text has ended: returns what was still withheld.</summary>
    public string Flush()
    {
        _state = Root;
        return Release(_withheld.Length);
    }

    private string Release(int length)
    {
        string text = _withheld.ToString(0, length);
        _withheld.Remove(0, length);
        return text;
    }

    private int Step(int state, char next)
    {
        int child;
        while (!_children.TryGetValue((state, next), out child))
        {
            if (state == Root)
                return Root;
            state = _states[state].Suffix;
        }
        return child;
    }

    private void AddToTrie(string stop)
    {
        int state = Root;
        foreach (char next in stop)
        {
            if (!_children.TryGetValue((state, next), out int child))
            {
                child = _states.Count;
                _states.Add(new State { Parent = state, Letter = next, Depth = _states[state].Depth + 1 });
                _children.Add((state, next), child);
            }
            state = child;
        }
        _states[state].MatchLength = stop.Length;
    }

    // Shorter states first: a state's suffix is shorter than the state.
    private void LinkSuffixes()
    {
        foreach (int index in Enumerable.Range(1, _states.Count - 1).OrderBy(index => _states[index].Depth))
        {
            State state = _states[index];
            state.Suffix = state.Parent == Root ? Root : Step(_states[state.Parent].Suffix, state.Letter);
            if (state.MatchLength == 0)
                state.MatchLength = _states[state.Suffix].MatchLength;
        }
    }

    private sealed class State
    {
        public int Parent { get; init; }
        public char Letter { get; init; }
        public int Depth { get; init; }

        /// <summary>The state of the longest proper end of this one's text.</summary>
        public int Suffix { get; set; }

        /// <summary>Length of the longest stop string that ends here, or 0.</summary>
        public int MatchLength { get; set; }
    }
}
