namespace Quipu.Cli.Chat.Highlight;

/// <summary>
/// Colours source code that arrives in pieces. A decision waits until the text that it depends on has arrived, so where the pieces
/// are cut makes no difference. Nothing is added to the text and nothing left out.
/// </summary>
/// <param name="syntax">The language; null colours nothing.</param>
/// <param name="writer">Receives the text.</param>
internal sealed class CodeHighlighter(LanguageSyntax? syntax, StyledWriter writer)
{
    private readonly LanguageSyntax _syntax = syntax ?? new LanguageSyntax();
    private readonly TextWindow _text = new();
    private Delimiter? _open;
    private Tone _openTone;
    private bool _lineStart = true;
    private bool _inTag;
    private bool _afterBracket;
    private Tone _lineTone;

    private static Delimiter RestOfLine { get; } = new("", "\n");

    /// <summary>Takes a piece of code.</summary>
    public void Feed(ReadOnlySpan<char> code)
    {
        _text.Append(code);
        Run();
    }

    /// <summary>Writes what still waited.</summary>
    public void Flush()
    {
        _text.Complete = true;
        Run();
    }

    private void Run()
    {
        while (!_text.IsEmpty && (_syntax.Has(SyntaxTraits.DiffLines) ? DiffStep() : _open is { } open ? InsideStep(open) : Step()))
        {
        }
        _text.Trim();
    }

    /// <summary>One step outside of comments and strings; false where more text is needed.</summary>
    private bool Step()
    {
        char first = _text[0];
        if (char.IsWhiteSpace(first))
            return Emit(1, Tone.Plain);
        if (_lineStart && first == '#' && _syntax.Has(SyntaxTraits.Preprocessor))
            return Open(RestOfLine, Tone.Directive, 1);
        var begun = Begin(out bool undecided);
        if (undecided)
            return false;
        if (begun)
            return true;
        if (first == '\'' && _syntax.Has(SyntaxTraits.CharLiterals))
            return CharLiteral();
        if (_syntax.Sigils.Contains(first, StringComparison.Ordinal))
            return Word(1, Tone.Variable);
        if (IsWord(first))
            return char.IsAsciiDigit(first) ? Number() : Word(0, Tone.Plain);
        if (_syntax.Has(SyntaxTraits.Markup))
            Bracket(first);
        return Emit(1, Tone.Plain);
    }

    /// <summary>Enters a comment or a string where one begins here.</summary>
    private bool Begin(out bool undecided)
    {
        undecided = false;
        foreach (var comment in _syntax.BlockComments)
            if (Starts(comment.Open, ref undecided))
                return Open(comment, Tone.Comment, comment.Open.Length);
        foreach (string mark in _syntax.LineComments)
            if (Starts(mark, ref undecided) && IsComment(mark))
                return Open(RestOfLine, Tone.Comment, mark.Length);
        if (!_syntax.Has(SyntaxTraits.Markup) || _inTag)
            foreach (var text in _syntax.Strings)
                if (Starts(text.Open, ref undecided))
                    return Open(text, Tone.String, text.Open.Length);
        return false;
    }

    // A mark made of letters (rem, dnl) is a word of its own.
    private bool IsComment(string mark) => !char.IsLetter(mark[0]) || _text.Length <= mark.Length || !IsWord(_text[mark.Length]);

    private bool Starts(string mark, ref bool undecided)
    {
        if (undecided)
            return false;
        bool ignoreCase = _syntax.Has(SyntaxTraits.IgnoreCase);
        // A mark of letters needs the character behind it too, to see that the word ends there.
        int needed = mark.Length + (char.IsLetter(mark[0]) ? 1 : 0);
        switch (_text.StartsWith(mark, ignoreCase, needed))
        {
            case null:
                undecided = true;
                return false;
            case false:
                return false;
            default:
                return true;
        }
    }

    private bool Open(Delimiter delimiter, Tone tone, int length)
    {
        _open = delimiter;
        _openTone = tone;
        return Emit(length, tone);
    }

    /// <summary>One step inside of a comment or a string.</summary>
    private bool InsideStep(Delimiter open)
    {
        if (_text[0] == open.Escape && open.Escape != '\0')
        {
            if (_text.Length < 2 && !_text.Complete)
                return false;
            return Emit(_text.Length >= 2 && _text[1] != '\n' ? 2 : 1, _openTone);
        }
        if (_text[0] == '\n' && !open.Multiline)
        {
            _open = null;
            _lineStart = true;
            return Emit(1, Tone.Plain);
        }
        switch (_text.StartsWith(open.Close, ignoreCase: false, open.Close.Length))
        {
            case null:
                return false;
            case false:
                return Emit(1, _openTone);
            default:
                _open = null;
                return Emit(open.Close.Length, _openTone);
        }
    }

    private bool CharLiteral()
    {
        if (_text.Length < 4 && !_text.Complete && !_text.Contains('\n'))
            return false;
        if (_text.Length >= 2 && _text[1] == '\\')
            return Open(new Delimiter("'", "'", '\\'), Tone.String, 1);
        bool pair = _text.Length >= 4 && char.IsSurrogatePair(_text[1], _text[2]);
        int end = pair ? 3 : 2;
        bool literal = _text.Length > end && _text[end] == '\'' && _text[1] is not ('\'' or '\n');
        return Emit(literal ? end + 1 : 1, literal ? Tone.String : Tone.Plain);
    }

    private bool Word(int start, Tone tone)
    {
        int end = start;
        while (end < _text.Length && IsWord(_text[end]))
            end++;
        if (end == _text.Length && !_text.Complete)
            return false;
        if (end == start)
            return Emit(1, Tone.Plain);
        // Keys are told by the sign behind the word.
        bool key = _lineStart && _syntax.Has(SyntaxTraits.Keys) && end < _text.Length && _text[end] is ':' or '=';
        if (tone == Tone.Plain)
            tone = key ? Tone.Keyword : WordTone(_text.Slice(0, end));
        _afterBracket = false;
        return Emit(end, tone);
    }

    private Tone WordTone(ReadOnlySpan<char> word)
    {
        if (!_syntax.Has(SyntaxTraits.Markup))
            return _syntax.ToneOf(word);
        return _afterBracket ? Tone.Keyword : _inTag ? Tone.BuiltIn : Tone.Plain;
    }

    private bool Number()
    {
        int end = 0;
        while (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] is '_' or '.'))
            end++;
        if (end == _text.Length && !_text.Complete)
            return false;
        // "1..5" and the dot at the end of a sentence are no parts of a number.
        int dots = _text.Slice(0, end).IndexOf("..", StringComparison.Ordinal);
        end = dots > 0 ? dots : end;
        if (end > 1 && _text[end - 1] == '.')
            end--;
        return Emit(end, _syntax.Has(SyntaxTraits.Markup) && !_inTag ? Tone.Plain : Tone.Number);
    }

    private void Bracket(char value)
    {
        if (value == '<')
            _inTag = true;
        else if (value == '>')
            _inTag = false;
        _afterBracket = value == '<' || (_afterBracket && value is '/' or '!' or '?');
    }

    private bool DiffStep()
    {
        if (_lineStart)
        {
            _lineTone = _text[0] switch { '+' => Tone.Added, '-' => Tone.Removed, '@' => Tone.Hunk, _ => Tone.Plain };
            _lineStart = false;
        }
        _lineStart = _text[0] == '\n';
        return Emit(1, _lineTone);
    }

    private bool IsWord(char value) =>
        char.IsLetterOrDigit(value) || value == '_' || char.IsSurrogate(value) || _syntax.WordCharacters.Contains(value, StringComparison.Ordinal);

    private bool Emit(int length, Tone tone)
    {
        char last = _text[length - 1];
        writer.Write(_text.Slice(0, length), tone);
        // The dash of a YAML list does not hide the key behind it.
        bool blank = char.IsWhiteSpace(last) || (last == '-' && _syntax.Has(SyntaxTraits.Keys));
        _lineStart = last == '\n' || (_lineStart && blank);
        _text.Advance(length);
        return true;
    }
}
