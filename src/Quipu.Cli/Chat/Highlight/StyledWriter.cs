using System.Text;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Chat.Highlight;

/// <summary>
/// Collects text with tones and writes an escape sequence only where the tone changes. A style ends before a line break and
/// starts again behind it, so that pagers and copied lines keep their colours.
/// </summary>
internal sealed class StyledWriter(bool color)
{
    private readonly StringBuilder _output = new();
    private Tone _tone = Tone.Plain;

    /// <summary>Appends one character.</summary>
    public void Write(char value, Tone tone)
    {
        Switch(value is '\n' or '\r' ? Tone.Plain : tone);
        _output.Append(value);
    }

    /// <summary>Appends text.</summary>
    public void Write(ReadOnlySpan<char> text, Tone tone)
    {
        foreach (char value in text)
            Write(value, tone);
    }

    /// <summary>Ends the style that is on.</summary>
    public void Reset() => Switch(Tone.Plain);

    /// <summary>What was collected since the last call.</summary>
    public string Take()
    {
        string text = _output.ToString();
        _output.Clear();
        return text;
    }

    private void Switch(Tone tone)
    {
        if (!color || tone == _tone)
            return;
        if (Tones.Parameters(_tone).Length > 0)
            _output.Append(Ansi.Reset);
        _output.Append(Ansi.Start(Tones.Parameters(tone)));
        _tone = tone;
    }
}
