using Quipu.Cli.Chat.Highlight;

namespace Quipu.Cli.Chat;

/// <summary>
/// Shows an answer as it comes: Markdown coloured, and what a model thinks before it answers, between &lt;think&gt; and
/// &lt;/think&gt;, faint. Nothing is left out.
/// </summary>
internal sealed class AnswerPrinter
{
    private const string ThinkStart = "<think>";
    private const string ThinkEnd = "</think>";

    private readonly bool _color;
    private readonly bool _markdown;
    private readonly StyledWriter _plain;
    private MarkdownHighlighter _highlighter;
    private string _pending = "";
    private bool _thinking;

    /// <summary>Makes a printer.</summary>
    /// <param name="color">Whether to use colours.</param>
    /// <param name="markdown">Whether the text is Markdown: a base model's is not.</param>
    /// <param name="thinking">Whether the prompt has already begun a thought.</param>
    public AnswerPrinter(bool color, bool markdown, bool thinking)
    {
        _color = color;
        _markdown = markdown;
        _thinking = thinking;
        _plain = new StyledWriter(color);
        _highlighter = new MarkdownHighlighter(color && markdown);
    }

    /// <summary>Takes a piece of the answer.</summary>
    /// <returns>What to write now.</returns>
    public string Append(string piece)
    {
        if (!_color || !_markdown)
            return piece;
        _pending += piece;
        string output = "";
        while (true)
        {
            string tag = _thinking ? ThinkEnd : ThinkStart;
            int at = _pending.IndexOf(tag, StringComparison.Ordinal);
            if (at < 0)
                return output + Emit(_pending.Length - TailOf(_pending, tag));
            output += Emit(at);
            output += Switch(tag);
        }
    }

    /// <summary>Ends the answer.</summary>
    /// <returns>What still waited, and the end of the colours.</returns>
    public string Flush()
    {
        string output = Emit(_pending.Length) + _highlighter.Flush();
        _plain.Reset();
        return output + _plain.Take();
    }

    /// <summary>Length of the longest end of the text that may become the tag.</summary>
    private static int TailOf(string text, string tag)
    {
        for (int length = Math.Min(text.Length, tag.Length - 1); length > 0; length--)
            if (text.EndsWith(tag[..length], StringComparison.Ordinal))
                return length;
        return 0;
    }

    private string Emit(int length)
    {
        string text = _pending[..length];
        _pending = _pending[length..];
        if (!_thinking)
            return _highlighter.Feed(text);
        _plain.Write(text, Tone.Faint);
        return _plain.Take();
    }

    private string Switch(string tag)
    {
        string before = "";
        if (!_thinking)
        {
            before = _highlighter.Flush();
            _highlighter = new MarkdownHighlighter(_color);
        }
        _thinking = !_thinking;
        _pending = _pending[tag.Length..];
        _plain.Write(tag, Tone.Faint);
        _plain.Reset();
        return before + _plain.Take();
    }
}
