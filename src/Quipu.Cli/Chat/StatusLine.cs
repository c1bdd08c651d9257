using Quipu.Cli.Chat.Terminal;
using Quipu.Engine;

namespace Quipu.Cli.Chat;

/// <summary>A line on a terminal that says what is going on and vanishes when it is over.</summary>
internal sealed class StatusLine(TextWriter output, bool isTerminal, bool color) : IProgress<PromptProgress>
{
    // Shorter prompts are computed before anybody could read the line.
    private const int WorthShowing = 256;

    private bool _shown;

    /// <summary>Shows a text in place of the last one.</summary>
    public void Show(string text)
    {
        if (!isTerminal)
            return;
        output.Write(Ansi.EraseLine + Ansi.Styled(text, color ? Ansi.FaintParameters : ""));
        output.Flush();
        _shown = true;
    }

    /// <summary>Erases the line.</summary>
    public void Clear()
    {
        if (!_shown)
            return;
        output.Write(Ansi.EraseLine);
        output.Flush();
        _shown = false;
    }

    /// <summary>Shows how much of a prompt is computed.</summary>
    public void Report(PromptProgress value)
    {
        int work = value.Total - value.Reused;
        if (work < WorthShowing)
            return;
        if (value.Done >= value.Total)
            Clear();
        else
            Show($"loading prompt {100L * Math.Max(value.Done - value.Reused, 0) / work}%...");
    }
}
