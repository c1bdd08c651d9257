using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Chat;

/// <summary>
/// Where the chat reads and writes. The conversation goes to <see cref="Output"/>; what the program itself says goes to
/// <see cref="Error"/>, so that the output of a pipe is the model's words alone.
/// </summary>
internal sealed class ChatTerminal
{
    private const string ErrorParameters = "1;31";

    /// <summary>Reads what the user types.</summary>
    public required ILineReader Lines { get; init; }

    /// <summary>The conversation.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>The program's own words.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether the conversation is coloured.</summary>
    public bool Color { get; init; }

    /// <summary>Whether the program's own words are coloured.</summary>
    public bool ErrorColor { get; init; }

    /// <summary>Shows what is going on for the moment.</summary>
    public required StatusLine Status { get; init; }

    /// <summary>Says something.</summary>
    public void Say(string text)
    {
        Output.Flush();
        Error.WriteLine(text);
        Error.Flush();
    }

    /// <summary>Says that something went wrong.</summary>
    public void Fail(string text) => Say(Ansi.Styled(text, ErrorColor ? ErrorParameters : ""));

    /// <summary>Writes to the conversation.</summary>
    public void Write(string text)
    {
        Output.Write(text);
        Output.Flush();
    }

    /// <summary>A text of the program in bold where there are colours.</summary>
    public string Bold(string text) => Ansi.Styled(text, ErrorColor ? "1" : "");
}
