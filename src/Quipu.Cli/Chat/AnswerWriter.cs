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
    public void Write(string piece)
    {
        if (piece.Length == 0)
            return;
        _text.Append(piece);
        terminal.Write(_printer.Append(piece));
    }

    /// <summary>Ends the answer, and its line.</summary>
    /// <param name="stopped">Whether the user stopped it: the terminal has then written ^C.</param>
    public void End(bool stopped)
    {
        bool open = stopped || _text.Length == 0 || _text[^1] != '\n';
        terminal.Write(_printer.Flush() + (open ? "\n" : ""));
    }
}
