using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// Edits one input on a terminal: several rows, history, search, completion, hints. The terminal reads key by key only while a
/// line is edited; in between it is as it was, so that Ctrl-C is a signal again.
/// </summary>
internal sealed class LineEditor : ILineReader
{
    private const int MostListed = 60;

    private readonly IKeySource _keys;
    private readonly TextWriter _output;
    private readonly Func<(int Columns, int Rows)> _size;
    private readonly bool _color;
    private readonly History _history;
    private readonly Action<string> _entered;
    private readonly KillRing _kills = new();
    private readonly EditorScreen _screen = new();

    /// <summary>Makes an editor.</summary>
    /// <param name="keys">Where keys come from.</param>
    /// <param name="output">The terminal.</param>
    /// <param name="size">The terminal's size now.</param>
    /// <param name="color">Whether to use colours.</param>
    /// <param name="history">The lines entered before.</param>
    /// <param name="entered">Called with every line that the history takes.</param>
    public LineEditor(
        IKeySource keys, TextWriter output, Func<(int Columns, int Rows)> size, bool color, History history, Action<string> entered)
    {
        _keys = keys;
        _output = output;
        _size = size;
        _color = color;
        _history = history;
        _entered = entered;
    }

    /// <inheritdoc/>
    public LineResult Read(LineRequest request)
    {
        using var mode = _keys.Begin();
        _output.Write(Ansi.BracketedPasteOn);
        try
        {
            return Edit(request);
        }
        finally
        {
            _output.Write(Ansi.BracketedPasteOff);
            _output.Flush();
        }
    }

    private LineResult Edit(LineRequest request)
    {
        var buffer = new LineBuffer();
        var bindings = new EditorKeys(buffer, _kills, _history);
        bool listing = false;
        _history.Rewind();
        _screen.Forget();
        while (true)
        {
            if (!_keys.HasPending)
                Paint(request, buffer.Text, buffer.Cursor, HintFor(request, buffer));
            var key = _keys.Read();
            var step = bindings.Apply(key, request.IsOpen);
            if (step == EditorStep.Search)
                step = Search(request, buffer, bindings);
            switch (step)
            {
                case EditorStep.Accept:
                    Leave(request, buffer);
                    if (_history.Add(buffer.Text))
                        _entered(buffer.Text);
                    return new LineResult(LineEnding.Text, buffer.Text);
                case EditorStep.EndOfInput:
                    Leave(request, buffer);
                    return new LineResult(LineEnding.EndOfInput);
                case EditorStep.Interrupt:
                    Leave(request, buffer);
                    return new LineResult(LineEnding.Interrupted);
                case EditorStep.ClearScreen:
                    _output.Write(Ansi.ClearScreen);
                    _screen.Forget();
                    break;
                case EditorStep.Complete:
                    listing = Complete(request, buffer, listing);
                    continue;
            }
            listing = false;
        }
    }

    // The whole text stays on the screen, without its hint.
    private void Leave(LineRequest request, LineBuffer buffer)
    {
        buffer.MoveToEnd();
        Paint(request, buffer.Text, buffer.Cursor, "");
        _output.Write(_screen.Leave());
    }

    private void Paint(LineRequest request, string text, int cursor, string hint)
    {
        var (columns, rows) = _size();
        _output.Write(_screen.Paint(EditorLayout.Create(request, text, cursor, hint, columns, _color), rows));
        _output.Flush();
    }

    private string HintFor(LineRequest request, LineBuffer buffer)
    {
        // Without colours a hint could not be told from what was typed.
        if (!_color || buffer.Cursor != buffer.Text.Length)
            return "";
        return buffer.Text.Length == 0 ? request.EmptyHint : request.Hint(buffer.Text);
    }

    /// <summary>Inserts what all candidates share; a second Tab lists them.</summary>
    /// <returns>Whether the next Tab lists.</returns>
    private bool Complete(LineRequest request, LineBuffer buffer, bool listing)
    {
        var completion = request.Complete(buffer.Text[..buffer.Cursor]);
        if (completion.Candidates.IsEmpty)
            return false;
        string typed = buffer.Text[completion.Start..buffer.Cursor];
        if (completion.CommonPrefix.Length > typed.Length)
        {
            buffer.ReplaceBeforeCursor(completion.Start, completion.CommonPrefix);
            return completion.Candidates.Length > 1;
        }
        if (listing)
        {
            Paint(request, buffer.Text, buffer.Cursor, "");
            List(completion);
        }
        return true;
    }

    private void List(Completion completion)
    {
        int columns = _size().Columns;
        var shown = completion.Candidates.Take(MostListed).ToArray();
        int width = shown.Max(candidate => DisplayWidth.OfText(candidate)) + 2;
        int perRow = Math.Max(1, columns / width);
        var text = new StringBuilder(_screen.Leave());
        for (int i = 0; i < shown.Length; i++)
        {
            text.Append(shown[i]).Append(' ', width - DisplayWidth.OfText(shown[i]));
            if ((i + 1) % perRow == 0 || i + 1 == shown.Length)
                text.Append("\r\n");
        }
        if (completion.Candidates.Length > shown.Length)
            text.Append($"and {completion.Candidates.Length - shown.Length} more\r\n");
        _output.Write(text.ToString());
    }

    private EditorStep Search(LineRequest request, LineBuffer buffer, EditorKeys bindings)
    {
        var search = new HistorySearch(_history);
        while (true)
        {
            string shown = search.Match ?? buffer.Text;
            if (!_keys.HasPending)
                Paint(request with { Prompt = search.Prompt, PromptColor = "" }, shown, shown.Length, "");
            var key = _keys.Read();
            if (search.Apply(key))
                continue;
            // Ctrl-G leaves the text as it was before the search.
            if (key is { Kind: KeyKind.Control, Letter: 'g' })
                return EditorStep.Continue;
            if (search.Match is { } match)
                buffer.Set(match);
            return bindings.Apply(key, request.IsOpen);
        }
    }
}
