namespace Quipu.Cli.Chat.Terminal;

/// <summary>The lines that were entered, oldest first, and the walk through them.</summary>
internal sealed class History
{
    private readonly List<string> _entries = [];
    private int _position;
    private string _draft = "";

    /// <summary>Makes an empty history.</summary>
    /// <param name="capacity">How many lines it keeps.</param>
    public History(int capacity = 1000) => Capacity = capacity;

    /// <summary>How many lines it keeps.</summary>
    public int Capacity { get; }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Entries => _entries;

    /// <summary>Adds a line at the end, unless it is blank or repeats the last one.</summary>
    /// <returns>Whether it was added.</returns>
    public bool Add(string line)
    {
        Rewind();
        if (string.IsNullOrWhiteSpace(line) || (_entries.Count > 0 && _entries[^1] == line))
            return false;
        _entries.Add(line);
        if (_entries.Count > Capacity)
            _entries.RemoveAt(0);
        Rewind();
        return true;
    }

    /// <summary>Ends a walk: the next <see cref="Older"/> gives the last line.</summary>
    public void Rewind()
    {
        _position = _entries.Count;
        _draft = "";
    }

    /// <summary>The line before, or null at the oldest.</summary>
    /// <param name="current">What is being edited; it comes back when the walk returns to its start.</param>
    public string? Older(string current)
    {
        if (_position == 0)
            return null;
        if (_position == _entries.Count)
            _draft = current;
        return _entries[--_position];
    }

    /// <summary>The line after, at last what was being edited; null where there is none.</summary>
    public string? Newer()
    {
        if (_position == _entries.Count)
            return null;
        _position++;
        return _position == _entries.Count ? _draft : _entries[_position];
    }

    /// <summary>The newest entry before <paramref name="before"/> that holds <paramref name="part"/>, or −1.</summary>
    public int FindOlder(string part, int before)
    {
        for (int i = Math.Min(before, _entries.Count) - 1; i >= 0; i--)
            if (_entries[i].Contains(part, StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }
}
