using System.Globalization;
using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// Text that is being edited and the cursor in it. Knows nothing of terminals. The cursor moves by grapheme clusters, so an
/// emoji or an accented letter made of several code points is one character. The text may have several lines.
/// </summary>
internal sealed class LineBuffer
{
    private const int UndoDepth = 200;

    private readonly LinkedList<(string Text, int Cursor)> _undo = new();
    private bool _typing;

    /// <summary>The text, lines divided by '\n'.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes: an index into <see cref="Text"/>, never inside a cluster.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces everything, with the cursor at the end.</summary>
    public void Set(string text)
    {
        Remember(typing: false);
        Text = text;
        Cursor = text.Length;
    }

    /// <summary>Inserts text at the cursor.</summary>
    public void Insert(string text)
    {
        Remember(typing: text.Length <= 2 && text != " ");
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Replaces the text from <paramref name="start"/> to the cursor.</summary>
    public void ReplaceBeforeCursor(int start, string text)
    {
        Remember(typing: false);
        Text = string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(Cursor));
        Cursor = start + text.Length;
    }

    /// <summary>Removes the character left of the cursor.</summary>
    public void Backspace() => Cut(Previous(Cursor), Cursor);

    /// <summary>Removes the character under the cursor.</summary>
    public void Delete() => Cut(Cursor, Next(Cursor));

    /// <summary>Moves one character left.</summary>
    public void MoveLeft() => Move(Previous(Cursor));

    /// <summary>Moves one character right.</summary>
    public void MoveRight() => Move(Next(Cursor));

    /// <summary>Moves to the start of the word to the left.</summary>
    public void MoveWordLeft() => Move(WordStart(Cursor));

    /// <summary>Moves behind the word to the right.</summary>
    public void MoveWordRight() => Move(WordEnd(Cursor));

    /// <summary>Moves to the start of the line.</summary>
    public void MoveHome() => Move(LineStart(Cursor));

    /// <summary>Moves to the end of the line.</summary>
    public void MoveEnd() => Move(LineEnd(Cursor));

    /// <summary>Moves to the start of the text.</summary>
    public void MoveToStart() => Move(0);

    /// <summary>Moves to the end of the text.</summary>
    public void MoveToEnd() => Move(Text.Length);

    /// <summary>Moves a line up in the same column.</summary>
    /// <returns>False where the cursor is on the first line.</returns>
    public bool MoveUp()
    {
        int start = LineStart(Cursor);
        if (start == 0)
            return false;
        MoveToColumn(LineStart(start - 1), Clusters(start, Cursor));
        return true;
    }

    /// <summary>Moves a line down in the same column.</summary>
    /// <returns>False where the cursor is on the last line.</returns>
    public bool MoveDown()
    {
        int end = LineEnd(Cursor);
        if (end == Text.Length)
            return false;
        MoveToColumn(end + 1, Clusters(LineStart(Cursor), Cursor));
        return true;
    }

    /// <summary>Cuts to the end of the line, or the line break at it.</summary>
    public string CutToEnd() => Cut(Cursor, LineEnd(Cursor) == Cursor ? Next(Cursor) : LineEnd(Cursor));

    /// <summary>Cuts to the start of the line.</summary>
    public string CutToStart() => Cut(LineStart(Cursor), Cursor);

    /// <summary>Cuts the word left of the cursor.</summary>
    public string CutWordLeft() => Cut(WordStart(Cursor), Cursor);

    /// <summary>Cuts the word right of the cursor.</summary>
    public string CutWordRight() => Cut(Cursor, WordEnd(Cursor));

    /// <summary>Cuts back to the blank left of the cursor.</summary>
    public string CutBlankLeft()
    {
        int start = Cursor;
        while (start > 0 && char.IsWhiteSpace(Text[start - 1]))
            start--;
        while (start > 0 && !char.IsWhiteSpace(Text[start - 1]))
            start--;
        return Cut(start, Cursor);
    }

    /// <summary>Swaps the two characters around the cursor and moves behind them.</summary>
    public void Transpose()
    {
        int right = Cursor == Text.Length ? Previous(Cursor) : Cursor;
        int left = Previous(right);
        int end = Next(right);
        if (left == right || right == end)
            return;
        Remember(typing: false);
        Text = string.Concat(Text.AsSpan(0, left), Text.AsSpan(right, end - right), string.Concat(Text.AsSpan(left, right - left), Text.AsSpan(end)));
        Cursor = end;
    }

    /// <summary>Makes the word right of the cursor upper case.</summary>
    public void UpperWord() => ChangeWord(word => word.ToUpperInvariant());

    /// <summary>Makes the word right of the cursor lower case.</summary>
    public void LowerWord() => ChangeWord(word => word.ToLowerInvariant());

    /// <summary>Makes the first letter of the word right of the cursor upper case, the others lower case.</summary>
    public void CapitalizeWord() => ChangeWord(Capitalize);

    /// <summary>Takes the last change back.</summary>
    public void Undo()
    {
        if (_undo.Last is not { } last)
            return;
        (Text, Cursor) = last.Value;
        _undo.RemoveLast();
        _typing = false;
    }

    private static string Capitalize(string word)
    {
        var result = new StringBuilder(word.Length);
        bool first = true;
        foreach (var rune in word.EnumerateRunes())
        {
            bool letter = Rune.IsLetterOrDigit(rune);
            result.Append(letter && first ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune));
            first &= !letter;
        }
        return result.ToString();
    }

    private void ChangeWord(Func<string, string> change)
    {
        int end = WordEnd(Cursor);
        if (end == Cursor)
            return;
        Remember(typing: false);
        string changed = change(Text[Cursor..end]);
        Text = string.Concat(Text.AsSpan(0, Cursor), changed, Text.AsSpan(end));
        Cursor += changed.Length;
    }

    private void Move(int target)
    {
        Cursor = target;
        _typing = false;
    }

    private void MoveToColumn(int lineStart, int column)
    {
        int end = LineEnd(lineStart);
        int target = lineStart;
        for (int i = 0; i < column && target < end; i++)
            target = Next(target);
        Move(target);
    }

    private string Cut(int start, int end)
    {
        if (start == end)
            return "";
        Remember(typing: false);
        string cut = Text[start..end];
        Text = Text.Remove(start, end - start);
        Cursor = start;
        return cut;
    }

    // One undo takes back a run of typed characters, not each of them.
    private void Remember(bool typing)
    {
        bool joins = typing && _typing;
        _typing = typing;
        if (joins)
            return;
        _undo.AddLast((Text, Cursor));
        if (_undo.Count > UndoDepth)
            _undo.RemoveFirst();
    }

    private int Next(int index) => index == Text.Length ? index : index + StringInfo.GetNextTextElementLength(Text.AsSpan(index));

    private int Previous(int index)
    {
        if (index == 0)
            return 0;
        // A line break ends every cluster, so clusters can be counted from the line's start.
        int at = LineStart(index - 1);
        while (Next(at) < index)
            at = Next(at);
        return at;
    }

    private int Clusters(int start, int end)
    {
        int count = 0;
        for (int at = start; at < end; at = Next(at))
            count++;
        return count;
    }

    private int LineStart(int index) => Text.LastIndexOf('\n', Math.Max(index - 1, 0), Math.Max(index, 0)) + 1;

    private int LineEnd(int index) => Text.IndexOf('\n', index) is >= 0 and int found ? found : Text.Length;

    private int WordStart(int index)
    {
        int at = index;
        while (at > 0 && !IsWordAt(Previous(at)))
            at = Previous(at);
        while (at > 0 && IsWordAt(Previous(at)))
            at = Previous(at);
        return at;
    }

    private int WordEnd(int index)
    {
        int at = index;
        while (at < Text.Length && !IsWordAt(at))
            at = Next(at);
        while (at < Text.Length && IsWordAt(at))
            at = Next(at);
        return at;
    }

    private bool IsWordAt(int index) => Rune.TryGetRuneAt(Text, index, out var rune) && Rune.IsLetterOrDigit(rune);
}
