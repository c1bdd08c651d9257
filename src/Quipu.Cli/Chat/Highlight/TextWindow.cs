using System.Text;

namespace Quipu.Cli.Chat.Highlight;

/// <summary>Text that has arrived and waits for a decision.</summary>
internal sealed class TextWindow
{
    private readonly StringBuilder _more = new();
    private string _text = "";
    private int _start;

    /// <summary>Whether no more text will come.</summary>
    public bool Complete { get; set; }

    /// <summary>How many characters wait.</summary>
    public int Length => _text.Length - _start;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>A waiting character.</summary>
    public char this[int index] => _text[_start + index];

    /// <summary>Adds text at the end.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        _more.Clear().Append(_text.AsSpan(_start)).Append(text);
        _text = _more.ToString();
        _start = 0;
    }

    /// <summary>Waiting text.</summary>
    public ReadOnlySpan<char> Slice(int start, int length) => _text.AsSpan(_start + start, length);

    /// <summary>Lets go of text at the start.</summary>
    public void Advance(int count) => _start += count;

    /// <summary>Frees what was let go of.</summary>
    public void Trim()
    {
        _text = _text[_start..];
        _start = 0;
    }

    /// <summary>Whether a character waits.</summary>
    public bool Contains(char value) => _text.AsSpan(_start).Contains(value);

    /// <summary>How many times the first character is repeated at the start.</summary>
    public int RunLength()
    {
        int length = 1;
        while (length < Length && this[length] == this[0])
            length++;
        return length;
    }

    /// <summary>Whether the text starts with a mark; null where more text is needed to know.</summary>
    /// <param name="mark">The mark.</param>
    /// <param name="ignoreCase">Whether its case does not matter.</param>
    /// <param name="needed">How many characters have to be there for a yes.</param>
    public bool? StartsWith(string mark, bool ignoreCase, int needed)
    {
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var here = _text.AsSpan(_start, Math.Min(mark.Length, Length));
        if (!mark.AsSpan(0, here.Length).Equals(here, comparison))
            return false;
        if (Length >= needed || (Complete && Length >= mark.Length))
            return true;
        return Complete ? false : null;
    }
}
