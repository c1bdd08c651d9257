namespace Quipu.Cli.Chat.Terminal;

/// <summary>Reads lines from a pipe or a file: no prompt, no editing.</summary>
internal sealed class PlainLineReader(TextReader input) : ILineReader
{
    /// <inheritdoc/>
    public LineResult Read(LineRequest request)
    {
        string? line = input.ReadLine();
        if (line is null)
            return new LineResult(LineEnding.EndOfInput);
        while (request.IsOpen(line) && input.ReadLine() is { } next)
            line = line + "\n" + next;
        return new LineResult(LineEnding.Text, line);
    }
}
