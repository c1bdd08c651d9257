namespace Quipu.Cli.Chat.Terminal;

/// <summary>What one line of input is asked for with.</summary>
internal sealed record LineRequest
{
    /// <summary>Shown before the first line.</summary>
    public string Prompt { get; init; } = ">>> ";

    /// <summary>Shown before the further lines of one input.</summary>
    public string Continuation { get; init; } = "... ";

    /// <summary>SGR parameters of the prompt's colour, empty for none.</summary>
    public string PromptColor { get; init; } = "";

    /// <summary>Shown faint while nothing is typed.</summary>
    public string EmptyHint { get; init; } = "";

    /// <summary>What Tab offers for the text before the cursor.</summary>
    public Func<string, Completion> Complete { get; init; } = _ => Completion.None;

    /// <summary>What is shown faint behind the text: how it may go on.</summary>
    public Func<string, string> Hint { get; init; } = _ => "";

    /// <summary>Whether Return does not end the input yet.</summary>
    public Func<string, bool> IsOpen { get; init; } = _ => false;
}

/// <summary>How reading a line ended.</summary>
internal enum LineEnding
{
    /// <summary>With a text.</summary>
    Text,
    /// <summary>With the end of the input, or Ctrl-D on an empty line.</summary>
    EndOfInput,
    /// <summary>With Ctrl-C.</summary>
    Interrupted,
}

/// <summary>A line that was read.</summary>
internal readonly record struct LineResult(LineEnding Ending, string Text = "");

/// <summary>Reads lines of input: an editor on a terminal, or plain text from a pipe.</summary>
internal interface ILineReader
{
    /// <summary>Reads one input, which may have several lines.</summary>
    LineResult Read(LineRequest request);
}
