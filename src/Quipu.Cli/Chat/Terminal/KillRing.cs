namespace Quipu.Cli.Chat.Terminal;

/// <summary>Texts that were cut, the newest first, to be yanked back.</summary>
internal sealed class KillRing
{
    private const int Capacity = 16;

    private readonly LinkedList<string> _texts = new();

    /// <summary>The text that a yank inserts.</summary>
    public string Current => _texts.First?.Value ?? "";

    /// <summary>Adds a cut.</summary>
    /// <param name="text">What was cut.</param>
    /// <param name="joins">Whether it belongs to the cut just before it.</param>
    /// <param name="atStart">Whether it stood left of that cut.</param>
    public void Add(string text, bool joins, bool atStart)
    {
        if (text.Length == 0)
            return;
        if (joins && _texts.First is { } first)
        {
            first.Value = atStart ? text + first.Value : first.Value + text;
            return;
        }
        _texts.AddFirst(text);
        if (_texts.Count > Capacity)
            _texts.RemoveLast();
    }

    /// <summary>Makes the next older text the current one.</summary>
    public void Rotate()
    {
        if (_texts.First is not { } first)
            return;
        _texts.RemoveFirst();
        _texts.AddLast(first);
    }
}
