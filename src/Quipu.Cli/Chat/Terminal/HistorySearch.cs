namespace Quipu.Cli.Chat.Terminal;

/// <summary>An incremental search backwards through the history, as Ctrl-R starts it.</summary>
internal sealed class HistorySearch(History history)
{
    private int _found = history.Entries.Count;
    private bool _failed;

    /// <summary>What is searched for.</summary>
    public string Query { get; private set; } = "";

    /// <summary>The entry that was found; null before the first.</summary>
    public string? Match => _found < history.Entries.Count ? history.Entries[_found] : null;

    /// <summary>The prompt that shows the search's state.</summary>
    public string Prompt => _failed ? $"(no match) {Query}: " : $"(search) {Query}: ";

    /// <summary>Takes a key.</summary>
    /// <returns>Whether the search goes on; any key that is not part of it ends it and is then an ordinary key.</returns>
    public bool Apply(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text or KeyKind.Paste:
                Query += key.Text;
                // The entry at hand may still fit the longer query.
                Find(_found + 1);
                return true;
            case KeyKind.Backspace:
                Query = Query.Length == 0 ? "" : Query[..(Query.Length - (char.IsLowSurrogate(Query[^1]) ? 2 : 1))];
                Find(history.Entries.Count);
                return true;
            case KeyKind.Control when key.Letter == 'r':
                Find(_found);
                return true;
            default:
                return false;
        }
    }

    private void Find(int before)
    {
        int index = Query.Length == 0 ? -1 : history.FindOlder(Query, before);
        _failed = index < 0 && Query.Length > 0;
        if (index >= 0)
            _found = index;
    }
}
