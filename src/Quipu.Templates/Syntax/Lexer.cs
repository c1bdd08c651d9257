using Quipu.Templates.Text;

namespace Quipu.Templates.Syntax;

/// <summary>
/// Cuts a template into text, tags and comments. A line break after a block or comment tag is dropped (trim_blocks), so is
/// white space between the start of a line and such a tag (lstrip_blocks); <c>-</c> in a tag strips all white space on its
/// side, <c>+</c> keeps what would be dropped. The inside of tags is the work of <see cref="TagLexer"/>.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly LineCounter _lines;
    private int _at;

    private Lexer(string source)
    {
        _source = source;
        _lines = new LineCounter(source);
    }

    /// <summary>All tokens of a template. The last is the end or the first error.</summary>
    public static List<Token> Tokenize(string source)
    {
        var lexer = new Lexer(NormalizeLines(source));
        lexer.Run();
        return lexer._tokens;
    }

    /// <summary>Every line break becomes a line feed; one at the very end is dropped.</summary>
    private static string NormalizeLines(string source)
    {
        if (source.Contains('\r'))
            source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return source.EndsWith('\n') ? source[..^1] : source;
    }

    private void Run()
    {
        try
        {
            while (_at < _source.Length)
                Next();
            // The end is reported where the last token began, as the reference does.
            Position last = _tokens.Count > 0 ? _tokens[^1].Position : new Position(1, 1);
            _tokens.Add(new Token(TokenKind.EndOfTemplate, "", last));
        }
        catch (TemplateException error)
        {
            _tokens.Add(new Token(TokenKind.Invalid, error.Reason, new Position(error.Line, error.Column)));
        }
    }

    /// <summary>Takes the text up to the next tag, and the tag.</summary>
    private void Next()
    {
        int tag = FindTag(_at);
        if (tag < 0)
        {
            AddText(_at, _source.Length);
            _at = _source.Length;
            return;
        }
        int raw = _source[tag + 1] == '%' ? MatchRawTag(tag, "raw", out _) : -1;
        char marker = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
        AddText(_at, TextEnd(_at, tag, marker, strip: _source[tag + 1] != '{'));
        int inside = tag + (marker == ' ' ? 2 : 3);
        if (raw >= 0)
            TakeRaw(raw);
        else if (_source[tag + 1] == '#')
            TakeComment(tag, inside);
        else
            _at = new TagLexer(_source, _lines, _tokens).Run(tag, inside);
    }

    private int FindTag(int from)
    {
        while (true)
        {
            int brace = _source.IndexOf('{', from);
            if (brace < 0 || brace + 1 >= _source.Length)
                return -1;
            if (_source[brace + 1] is '{' or '%' or '#')
                return brace;
            from = brace + 1;
        }
    }

    private void AddText(int start, int end)
    {
        if (end > start)
            _tokens.Add(new Token(TokenKind.Text, _source[start..end], _lines.At(start)));
    }

    /// <summary>Where the text before a tag ends, once the white space the tag takes away is gone.</summary>
    private int TextEnd(int start, int tag, char marker, bool strip)
    {
        int end = tag;
        if (marker == '-')
        {
            while (end > start && PythonText.IsSpace(_source[end - 1]))
                end--;
            return end;
        }
        if (marker == '+' || !strip)
            return tag;
        while (end > start && _source[end - 1] != '\n')
        {
            if (!PythonText.IsSpace(_source[end - 1]))
                return tag;
            end--;
        }
        return end == 0 || _source[end - 1] == '\n' ? end : tag;
    }

    private void TakeComment(int tag, int inside)
    {
        if (inside >= _source.Length)
        {
            _at = _source.Length;
            return;
        }
        int close = _source.IndexOf("#}", inside, StringComparison.Ordinal);
        if (close < 0)
            throw new TemplateException("Missing end of comment tag", TemplateErrorKind.Syntax, _lines.At(tag));
        _at = AfterTag(close + 2, close > inside ? _source[close - 1] : ' ');
    }

    /// <summary>Takes the text between a raw tag, whose end is given, and the endraw tag as it stands.</summary>
    private void TakeRaw(int start)
    {
        _at = start;
        if (start >= _source.Length)
            return;
        for (int end = start; (end = _source.IndexOf("{%", end, StringComparison.Ordinal)) >= 0; end += 2)
        {
            int after = MatchRawTag(end, "endraw", out char marker);
            if (after < 0)
                continue;
            AddText(start, TextEnd(start, end, marker, strip: true));
            _at = after;
            return;
        }
        throw new TemplateException("Missing end of raw directive", TemplateErrorKind.Syntax, _lines.At(start));
    }

    /// <summary>The place after <c>{% raw %}</c> or <c>{% endraw %}</c>, or -1 when the tag is another one.</summary>
    private int MatchRawTag(int tag, string name, out char marker)
    {
        int at = tag + 2;
        marker = at < _source.Length && _source[at] is '-' or '+' ? _source[at++] : ' ';
        at = PythonText.SkipSpace(_source, at);
        if (string.CompareOrdinal(_source, at, name, 0, name.Length) != 0)
            return -1;
        at = PythonText.SkipSpace(_source, at + name.Length);
        char sign = at < _source.Length && _source[at] is '-' or '+' ? _source[at] : ' ';
        if (sign == '-' || (sign == '+' && name == "endraw"))
            at++;
        if (string.CompareOrdinal(_source, at, "%}", 0, 2) != 0)
            return -1;
        if (sign == ' ' && name == "raw")
            return at + 2;
        return AfterTag(at + 2, sign);
    }

    private int AfterTag(int end, char sign) => TagLexer.AfterBlock(_source, end, sign);
}
