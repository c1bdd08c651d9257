namespace Quipu.Cli.Script;

/// <summary>stdout of script mode: every piece at once, and a newline at the end.</summary>
/// <param name="output">stdout.</param>
/// <param name="color">Whether to tell prompt and text apart by colour.</param>
internal sealed class ScriptOutput(TextWriter output, bool color)
{
    private const string PromptColor = "\e[33m";
    private const string TextColor = "\e[32m";
    private const string Reset = "\e[0m";

    private char _last;
    private bool _colored;

    /// <summary>Writes the prompt.</summary>
    public void WritePrompt(string text)
    {
        if (color)
            output.Write(PromptColor);
        WriteText(text);
        if (color)
            output.Write(Reset);
        output.Flush();
    }

    /// <summary>Writes a piece of text.</summary>
    public void Write(string text)
    {
        if (text.Length == 0)
            return;
        if (color && !_colored)
            output.Write(TextColor);
        _colored = color;
        WriteText(text);
        output.Flush();
    }

    /// <summary>Ends the text with a newline if it does not end so itself; after Ctrl-C always, since the terminal shows ^C.</summary>
    public void End(bool interrupted)
    {
        if (_colored)
            output.Write(Reset);
        if (interrupted || _last != '\n')
            output.Write('\n');
        output.Flush();
    }

    private void WriteText(string text)
    {
        if (text.Length == 0)
            return;
        output.Write(text);
        _last = text[^1];
    }
}
