using System.Text;

namespace Quipu.Cli.Chat;

/// <summary>Writes an answer to the terminal and keeps its text.</summary>
internal sealed class AnswerWriter(ChatTerminal terminal, bool markdown, bool thinking)
{
    private readonly AnswerPrinter _printer = new(terminal.Color, markdown, thinking);
    private readonly StringBuilder _text = new();

    /// <summary>The answer so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">What to show.</param>
    /// <param name="mark">A control token's text. At the end of the piece it is shown, but it is no part of the answer.</param>
    public void Write(string piece, string mark = "")
    {
        if (piece.Length == 0)
            return;
        bool marked = mark.Length > 0 && piece.EndsWith(mark, StringComparison.Ordinal);
        _text.Append(marked ? piece.AsSpan(0, piece.Length - mark.Length) : piece);
        terminal.Write(_printer.Append(piece));
    }

    /// <summary>Ends the answer, and its line.</summary>
    /// <param name="stopped">Whether the user stopped it: some terminals have then written ^C.</param>
    public void End(bool stopped)
    {
        bool open = stopped || _text.Length == 0 || _text[^1] != '\n';
        terminal.Write(_printer.Flush() + (open ? "\n" : ""));
    }
}
