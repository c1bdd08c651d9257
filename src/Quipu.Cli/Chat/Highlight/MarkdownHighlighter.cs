namespace Quipu.Cli.Chat.Highlight;

/// <summary>
/// Colours Markdown that arrives in pieces: headings, lists, bold, emphasis, inline code, and fenced code by its language. The text
/// itself is not changed: without the colours the output is the input. A decision waits until the text that it depends on has
/// arrived, so the output is the same wherever the pieces are cut.
/// </summary>
internal sealed class MarkdownHighlighter
{
    private const int LongestInfo = 200;

    private readonly StyledWriter _writer;
    private readonly TextWindow _text = new();
    private CodeHighlighter? _code;
    private string _fence = "";
    private bool _lineStart = true;
    private bool _heading;
    private bool _bold;
    private bool _emphasis;
    private int _codeTicks;
    private char _previous = '\n';

    /// <summary>Makes a highlighter.</summary>
    /// <param name="color">Whether to use colours; without, the text goes through as it is.</param>
    public MarkdownHighlighter(bool color) => _writer = new StyledWriter(color);

    /// <summary>Takes a piece of text.</summary>
    /// <returns>What can be shown now.</returns>
    public string Feed(string piece)
    {
        _text.Append(piece);
        Run();
        return _writer.Take();
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What still waited, and the end of the colours.</returns>
    public string Flush()
    {
        _text.Complete = true;
        Run();
        _code?.Flush();
        _writer.Reset();
        return _writer.Take();
    }

    private void Run()
    {
        while (!_text.IsEmpty && Step())
        {
        }
        _text.Trim();
    }

    private bool Step()
    {
        if (_code is { } code)
            return _lineStart ? FenceLineStep(code) : CodeStep(code);
        return _lineStart ? LineStartStep() : InlineStep();
    }

    private bool LineStartStep()
    {
        char first = _text[0];
        switch (first)
        {
            case '\n':
                EndInline();
                return Emit(1, Tone.Plain);
            case ' ' or '\t':
                return Emit(1, Tone.Plain);
            case '`' or '~' or '#' or '*' or '-' or '+' or '_':
                return RunAtLineStart(first);
            case '>':
                return Emit(1, Tone.Quote);
            default:
                if (char.IsAsciiDigit(first))
                    return OrderedItem();
                _lineStart = false;
                return true;
        }
    }

    private bool RunAtLineStart(char first)
    {
        int run = _text.RunLength();
        if (run == _text.Length && !_text.Complete)
            return false;
        char next = run < _text.Length ? _text[run] : '\n';
        if (run >= 3 && first is '`' or '~')
            return OpenFence(run);
        if (first == '#' && run <= 6 && next == ' ')
        {
            EndInline();
            _heading = true;
            return Emit(run, Tone.Heading, lineStart: false);
        }
        if (run == 1 && first is '*' or '-' or '+' && next == ' ')
        {
            EndInline();
            return Emit(1, Tone.Bullet, lineStart: false);
        }
        _lineStart = false;
        return true;
    }

    private bool OrderedItem()
    {
        int digits = 0;
        while (digits < _text.Length && char.IsAsciiDigit(_text[digits]))
            digits++;
        if (_text.Length < digits + 2 && !_text.Complete)
        {
            if (digits < _text.Length && _text[digits] is not ('.' or ')'))
                return NoItem();
            return false;
        }
        if (_text.Length < digits + 2 || _text[digits] is not ('.' or ')') || _text[digits + 1] != ' ')
            return NoItem();
        EndInline();
        return Emit(digits + 1, Tone.Bullet, lineStart: false);
    }

    private bool NoItem()
    {
        _lineStart = false;
        return true;
    }

    /// <summary>A fence is one only when its line ends well: "```" followed by more ticks in the line is inline code.</summary>
    private bool OpenFence(int run)
    {
        int end = 0;
        while (end < _text.Length && _text[end] != '\n')
            end++;
        if (end == _text.Length && !_text.Complete && end < run + LongestInfo)
            return false;
        var info = _text.Slice(run, end - run);
        if (end - run >= LongestInfo || (_text[0] == '`' && info.Contains('`')))
            return NoItem();
        _fence = new string(_text[0], run);
        EndInline();
        string language = info.Trim().ToString();
        Emit(end, Tone.Fence, lineStart: false);
        _code = new CodeHighlighter(Languages.Find(language), _writer);
        return true;
    }

    /// <summary>The start of a line inside of a fence: it may be the closing fence.</summary>
    private bool FenceLineStep(CodeHighlighter code)
    {
        int at = 0;
        while (at < _text.Length && _text[at] is ' ' or '\t')
            at++;
        int ticks = at;
        while (ticks < _text.Length && _text[ticks] == _fence[0])
            ticks++;
        int end = ticks;
        while (end < _text.Length && _text[end] is ' ' or '\t' or '\r')
            end++;
        if (end == _text.Length && !_text.Complete && end < LongestInfo)
            return false;
        if (end < LongestInfo && ticks - at >= _fence.Length && (end == _text.Length || _text[end] == '\n'))
        {
            code.Flush();
            _code = null;
            return Emit(end, Tone.Fence, lineStart: false);
        }
        _lineStart = false;
        return true;
    }

    private bool CodeStep(CodeHighlighter code)
    {
        int end = 0;
        while (end < _text.Length && _text[end] != '\n')
            end++;
        _lineStart = end < _text.Length;
        int length = _lineStart ? end + 1 : end;
        code.Feed(_text.Slice(0, length));
        _text.Advance(length);
        return true;
    }

    private bool InlineStep()
    {
        char first = _text[0];
        switch (first)
        {
            case '\n':
                _heading = false;
                _codeTicks = 0;
                return Emit(1, Tone.Plain);
            case '`':
                return Ticks();
            case '\\' when _codeTicks == 0:
                if (_text.Length < 2 && !_text.Complete)
                    return false;
                return Emit(_text.Length >= 2 && char.IsPunctuation(_text[1]) ? 2 : 1, InlineTone());
            case '*' or '_' when _codeTicks == 0:
                return Marks(first);
            default:
                return Emit(1, InlineTone());
        }
    }

    private bool Ticks()
    {
        int run = _text.RunLength();
        if (run == _text.Length && !_text.Complete)
            return false;
        if (_codeTicks == 0)
        {
            _codeTicks = run;
            return Emit(run, Tone.InlineCode);
        }
        if (run == _codeTicks)
            _codeTicks = 0;
        return Emit(run, Tone.InlineCode);
    }

    /// <summary>A run of '*' or '_': it opens a style where a word follows, and closes it where a word was before.</summary>
    private bool Marks(char mark)
    {
        int run = _text.RunLength();
        if (run == _text.Length && !_text.Complete)
            return false;
        char next = run < _text.Length ? _text[run] : '\n';
        bool canOpen = Flanks(next, _previous) && (mark == '*' || !char.IsLetterOrDigit(_previous));
        bool canClose = Flanks(_previous, next) && (mark == '*' || !char.IsLetterOrDigit(next));
        bool wasBold = _bold;
        bool wasEmphasis = _emphasis;
        if (run >= 2 && run <= 3)
            _bold = _bold ? !canClose : canOpen;
        if (run is 1 or 3)
            _emphasis = _emphasis ? !canClose : canOpen;
        return Emit(run, InlineTone(_bold || wasBold, _emphasis || wasEmphasis));
    }

    // The rule of CommonMark: a run leans on the side where text stands, and punctuation counts as text only beside a gap.
    private static bool Flanks(char side, char other) =>
        !char.IsWhiteSpace(side)
        && (!char.IsPunctuation(side) || char.IsWhiteSpace(other) || char.IsPunctuation(other));

    private Tone InlineTone() => InlineTone(_bold, _emphasis);

    private Tone InlineTone(bool bold, bool emphasis)
    {
        if (_codeTicks > 0)
            return Tone.InlineCode;
        if (_heading)
            return Tone.Heading;
        return (bold, emphasis) switch
        {
            (true, true) => Tone.StrongEmphasis,
            (true, false) => Tone.Bold,
            (false, true) => Tone.Emphasis,
            _ => Tone.Plain,
        };
    }

    private void EndInline()
    {
        _bold = false;
        _emphasis = false;
        _codeTicks = 0;
        _heading = false;
    }

    private bool Emit(int length, Tone tone, bool? lineStart = null)
    {
        _writer.Write(_text.Slice(0, length), tone);
        if (length > 0)
            _previous = _text[length - 1];
        _lineStart = lineStart ?? (_previous == '\n' || (_lineStart && _previous is ' ' or '\t' or '>'));
        _text.Advance(length);
        return true;
    }
}
