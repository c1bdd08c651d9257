using Quipu.Templates.Text;

namespace Quipu.Templates.Syntax;

/// <summary>Cuts the inside of one <c>{{ … }}</c> or <c>{% … %}</c> into tokens.</summary>
internal sealed class TagLexer(string source, LineCounter lines, List<Token> tokens)
{
    private static readonly string[] TwoCharacterOperators = ["//", "**", "==", "!=", ">=", "<="];
    private static readonly string[] OneCharacterOperators =
        ["+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly Stack<char> _closers = new();
    private int _at;

    /// <summary>Adds the tag's tokens and returns the place after it.</summary>
    /// <param name="tag">Where the tag begins.</param>
    /// <param name="inside">Where its inside begins, after the marker.</param>
    public int Run(int tag, int inside)
    {
        bool print = source[tag + 1] == '{';
        Add(print ? TokenKind.PrintBegin : TokenKind.BlockBegin, source[tag..(tag + 2)], tag);
        _at = inside;
        while ((_at = PythonText.SkipSpace(source, _at)) < source.Length)
            if (_closers.Count == 0 && TakeEnd(print))
                return _at;
            else
                Take();
        return _at;
    }

    /// <summary>The place after a block tag or comment: its sign decides what white space goes with it.</summary>
    public static int AfterBlock(string source, int end, char sign) => sign switch
    {
        '-' => PythonText.SkipSpace(source, end),
        '+' => end,
        _ => end < source.Length && source[end] == '\n' ? end + 1 : end,
    };

    private void Add(TokenKind kind, string text, int place) => tokens.Add(new Token(kind, text, lines.At(place)));

    private TemplateException Error(string reason, int place) => new(reason, TemplateErrorKind.Syntax, lines.At(place));

    private bool Follows(string text, int place) => string.CompareOrdinal(source, place, text, 0, text.Length) == 0;

    private bool TakeEnd(bool print)
    {
        string closer = print ? "}}" : "%}";
        char sign = source[_at];
        int at = sign == '-' || (sign == '+' && !print) ? _at + 1 : _at;
        if (!Follows(closer, at))
            return false;
        Add(print ? TokenKind.PrintEnd : TokenKind.BlockEnd, closer, _at);
        if (print)
            _at = sign == '-' ? PythonText.SkipSpace(source, at + 2) : at + 2;
        else
            _at = AfterBlock(source, at + 2, sign);
        return true;
    }

    private void Take()
    {
        char first = source[_at];
        if (char.IsAsciiDigit(first))
            TakeNumber();
        else if (first is '\'' or '"')
            TakeString(first);
        else if (PythonText.WordLength(source, _at) is > 0 and int length)
            TakeName(length);
        else
            TakeOperator();
    }

    private void TakeName(int length)
    {
        int end = _at + length;
        while (end < source.Length && PythonText.WordLength(source, end) is > 0 and int more)
            end += more;
        if (source[_at] != '_' && Rune.TryGetRuneAt(source, _at, out Rune first) && !Rune.IsLetter(first))
            throw Error("Invalid character in identifier", _at);
        Add(TokenKind.Name, source[_at..end], _at);
        _at = end;
    }

    private void TakeString(char quote)
    {
        int end = _at + 1;
        while (end < source.Length && source[end] != quote)
            end += source[end] == '\\' ? 2 : 1;
        if (end >= source.Length)
            throw Error($"unexpected char {PythonText.Quote(quote.ToString())} at {_at}", _at);
        string text;
        try
        {
            text = StringLiteral.Unescape(source.AsSpan(_at + 1, end - _at - 1));
        }
        catch (FormatException error)
        {
            throw Error(error.Message, _at);
        }
        Add(TokenKind.String, text, _at);
        _at = end + 1;
    }

    private void TakeOperator()
    {
        string? text = Array.Find(TwoCharacterOperators, o => Follows(o, _at)) ?? Array.Find(OneCharacterOperators, o => Follows(o, _at));
        switch (text)
        {
            case null:
                Rune.TryGetRuneAt(source, _at, out Rune bad);
                throw Error($"unexpected char {PythonText.Quote(bad.ToString())} at {_at}", _at);
            case "(":
                _closers.Push(')');
                break;
            case "[":
                _closers.Push(']');
                break;
            case "{":
                _closers.Push('}');
                break;
            case ")" or "]" or "}":
                if (!_closers.TryPop(out char expected))
                    throw Error($"unexpected '{text}'", _at);
                if (expected != text[0])
                    throw Error($"unexpected '{text}', expected '{expected}'", _at);
                break;
        }
        Add(TokenKind.Operator, text, _at);
        _at += text.Length;
    }

    private void TakeNumber()
    {
        int start = _at;
        if (start > 0 && source[start - 1] != '.' && FloatEnd(start) is > 0 and int end)
        {
            Add(TokenKind.Float, source[start..end].Replace("_", "", StringComparison.Ordinal), start);
            _at = end;
            return;
        }
        _at = IntegerEnd(start);
        Add(TokenKind.Integer, source[start.._at].Replace("_", "", StringComparison.Ordinal), start);
    }

    /// <summary>Where the float that begins here ends, or -1 when there is neither fraction nor exponent.</summary>
    private int FloatEnd(int start)
    {
        int whole = Digits(start, char.IsAsciiDigit);
        int end = whole;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
            end = Digits(end + 1, char.IsAsciiDigit);
        if (end < source.Length && source[end] is 'e' or 'E')
        {
            int digits = end + 1 < source.Length && source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < source.Length && char.IsAsciiDigit(source[digits]))
                end = Digits(digits, char.IsAsciiDigit);
        }
        return end == whole ? -1 : end;
    }

    private int IntegerEnd(int start)
    {
        char letter = start + 1 < source.Length && source[start] == '0' ? char.ToLowerInvariant(source[start + 1]) : ' ';
        Func<char, bool>? digit = letter switch
        {
            'b' => static c => c is '0' or '1',
            'o' => static c => c is >= '0' and <= '7',
            'x' => char.IsAsciiHexDigit,
            _ => null,
        };
        if (digit is not null)
        {
            int first = start + 2 < source.Length && source[start + 2] == '_' ? start + 3 : start + 2;
            if (first < source.Length && digit(source[first]))
                return Digits(first, digit);
        }
        return Digits(start, source[start] == '0' ? static c => c == '0' : char.IsAsciiDigit);
    }

    /// <summary>The end of a run of digits in which single underscores may stand.</summary>
    private int Digits(int at, Func<char, bool> digit)
    {
        while (at < source.Length)
            if (digit(source[at]))
                at++;
            else if (source[at] == '_' && at + 1 < source.Length && digit(source[at + 1]))
                at += 2;
            else
                break;
        return at;
    }
}
