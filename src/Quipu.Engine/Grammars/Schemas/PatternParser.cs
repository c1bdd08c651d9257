using System.Globalization;
using System.Text;
using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>
/// Turns a pattern, a regular expression of ECMAScript with Unicode, into the content of the JSON strings in which it is found. Without
/// an anchor anything may stand around it, as the standard has it.
/// </summary>
internal sealed class PatternParser
{
    private static readonly CharSet DigitSet = CharSet.Of(('0', '9'));
    private static readonly CharSet WordSet = CharSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_'));
    private static readonly CharSet SpaceSet = CharSet.Of(
        ('\t', '\r'), (' ', ' '), (0xa0, 0xa0), (0x1680, 0x1680), (0x2000, 0x200a), (0x2028, 0x2029), (0x202f, 0x202f), (0x205f, 0x205f),
        (0x3000, 0x3000), (0xfeff, 0xfeff));
    private static readonly CharSet DotSet = CharSet.OfText("\n\r\u2028\u2029").Negate();
    private static readonly GrammarNode Anything = Repeat(JsonPieces.Spelled(CharSet.All), 0, null);

    private readonly string _text;
    private readonly string _path;
    private int _at;
    private int _depth;

    private PatternParser(string text, string path) => (_text, _path) = (text, path);

    /// <summary>The content of strings in which the pattern is found.</summary>
    /// <exception cref="GrammarException">It is no regular expression, or uses what is not supported.</exception>
    public static GrammarNode Parse(string pattern, string path)
    {
        var parser = new PatternParser(pattern, path);
        var content = parser.ParseAlternatives(openStart: true, openEnd: true);
        return parser._at == pattern.Length ? content : throw parser.Error("this ')' closes nothing");
    }

    /// <summary>Alternatives. Where a side is open, anything may stand there unless an anchor forbids it.</summary>
    private GrammarNode ParseAlternatives(bool openStart, bool openEnd)
    {
        List<GrammarNode> alternatives = [ParseSequence(openStart, openEnd)];
        while (Peek() == '|')
        {
            _at++;
            alternatives.Add(ParseSequence(openStart, openEnd));
        }
        return Choice(alternatives);
    }

    private GrammarNode ParseSequence(bool openStart, bool openEnd)
    {
        List<GrammarNode> items = [];
        bool anchoredStart = false, anchoredEnd = false;
        while (openStart && Peek() == '^')
        {
            anchoredStart = true;
            _at++;
        }
        while (_at < _text.Length && Peek() is not ('|' or ')'))
        {
            if (anchoredEnd)
                throw Error("'$' is supported only at the end of the pattern");
            if (Peek() == '^')
                throw Error("'^' is supported only at the beginning of the pattern");
            if (Peek() == '$')
            {
                if (!openEnd)
                    throw Error("'$' is supported only at the end of the pattern");
                anchoredEnd = true;
                _at++;
                continue;
            }
            items.Add(ParseQuantified());
        }
        if (openStart && !anchoredStart)
            items.Insert(0, Anything);
        if (openEnd && !anchoredEnd)
            items.Add(Anything);
        return Sequence(items);
    }

    private GrammarNode ParseQuantified()
    {
        var item = ParseItem();
        (int Least, int? Most)? bounds = Peek() switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            '{' => ParseBounds(),
            _ => null,
        };
        if (bounds is not { } quantifier)
            return item;
        _at++;
        if (Peek() == '?')
            _at++; // taking as little as possible matches the same texts
        if (Peek() is '*' or '+' or '?')
            throw Error("there is nothing in front that could be repeated");
        return Repeat(item, quantifier.Least, quantifier.Most);
    }

    /// <summary>Reads {m}, {m,} or {m,n} up to its last character.</summary>
    private (int Least, int? Most) ParseBounds()
    {
        int end = _text.IndexOf('}', _at);
        string[] parts = end < 0 ? [] : _text[(_at + 1)..end].Split(',');
        if (parts.Length is 1 or 2 && Number(parts[0]) is { } least)
        {
            int? most = parts.Length == 1 ? least : parts[1].Length == 0 ? null : Number(parts[1]);
            if ((parts.Length == 1 || parts[1].Length == 0 || most is not null) && !(most < least))
            {
                _at = end;
                return (least, most);
            }
        }
        throw Error($"'{{' must begin a repetition of at most {GrammarLimits.Repetitions}, such as {{2}} or {{2,5}}");

        static int? Number(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= GrammarLimits.Repetitions
                ? value
                : null;
    }

    private GrammarNode ParseItem()
    {
        switch (_text[_at])
        {
            case '(':
                return ParseGroup();
            case '[':
                return JsonPieces.Spelled(ParseClass());
            case '.':
                _at++;
                return JsonPieces.Spelled(DotSet);
            case '\\':
                return JsonPieces.Spelled(ParseEscape(inClass: false));
            case '*' or '+' or '?' or '{':
                throw Error("there is nothing in front that could be repeated");
            default:
                return JsonPieces.Spelled(CharSet.Of(ParseCharacter()));
        }
    }

    private GrammarNode ParseGroup()
    {
        _at++;
        if (++_depth > GrammarLimits.Nesting)
            throw Error("groups nest too deep");
        if (Peek() == '?')
        {
            if (_text.AsSpan(_at).StartsWith("?:"))
                _at += 2;
            else if (_text.AsSpan(_at) is ['?', '<', var letter, ..] && char.IsLetter(letter) && _text.IndexOf('>', _at) is > 0 and int end)
                _at = end + 1; // the group's name says nothing
            else
                throw Error("looking ahead or behind is not supported");
        }
        var group = ParseAlternatives(openStart: false, openEnd: false);
        if (Peek() != ')')
            throw Error("a '(' is never closed");
        _at++;
        _depth--;
        return group;
    }

    private CharSet ParseClass()
    {
        int start = _at++;
        bool negated = Peek() == '^';
        if (negated)
            _at++;
        var set = CharSet.Of();
        while (Peek() != ']')
        {
            if (_at >= _text.Length)
            {
                _at = start;
                throw Error("this character class has no closing ']'");
            }
            var low = ClassItem();
            if (Peek() == '-' && _at + 1 < _text.Length && _text[_at + 1] != ']')
            {
                _at++;
                var high = ClassItem();
                if (Single(low) is not { } first || Single(high) is not { } last || last < first)
                    throw Error("a range of characters has one character at each end, the lower first");
                low = CharSet.Of((first, last));
            }
            set = set.Union(low);
        }
        _at++;
        return negated ? set.Negate() : set;

        CharSet ClassItem() => Peek() == '\\' ? ParseEscape(inClass: true) : CharSet.Of(ParseCharacter());
    }

    private CharSet ParseEscape(bool inClass)
    {
        _at++;
        if (_at >= _text.Length)
            throw Error("a '\\' stands at the end");
        char kind = _text[_at++];
        switch (kind)
        {
            case 'd': return DigitSet;
            case 'D': return DigitSet.Negate();
            case 'w': return WordSet;
            case 'W': return WordSet.Negate();
            case 's': return SpaceSet;
            case 'S': return SpaceSet.Negate();
            case 'n': return CharSet.Of('\n');
            case 'r': return CharSet.Of('\r');
            case 't': return CharSet.Of('\t');
            case 'f': return CharSet.Of('\f');
            case 'v': return CharSet.Of('\v');
            case '0': return CharSet.Of(0);
            case 'b' when inClass: return CharSet.Of('\b');
            case 'x': return CharSet.Of(Hex(2));
            case 'u' when Peek() == '{':
                int end = _text.IndexOf('}', _at);
                int digits = end - _at - 1;
                _at++;
                int value = digits is > 0 and <= 6 ? Hex(digits) : throw Error("'\\u{' needs up to six hexadecimal digits and '}'");
                _at++;
                return value <= CharSet.Last ? CharSet.Of(value) : throw Error("there is no such character");
            case 'u': return CharSet.Of(Hex(4));
            default:
                return char.IsAsciiLetterOrDigit(kind)
                    ? throw Error($"'\\{kind}' is not supported")
                    : CharSet.Of(kind);
        }
    }

    private int Hex(int digits)
    {
        var text = _text.AsSpan(_at, Math.Min(digits, _text.Length - _at));
        if (text.Length < digits || !int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            throw Error("hexadecimal digits are missing");
        _at += digits;
        return value;
    }

    /// <summary>The one character of a set; null where there are more.</summary>
    private static int? Single(CharSet set) => set.Ranges is [var (first, last)] && first == last ? first : null;

    private int ParseCharacter()
    {
        if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out int length) != System.Buffers.OperationStatus.Done)
            throw Error("half a surrogate pair is no character");
        _at += length;
        return rune.Value;
    }

    private char? Peek() => _at < _text.Length ? _text[_at] : null;

    private GrammarException Error(string message)
    {
        string shown = _text.Length > 80 ? _text[..80] + "…" : _text;
        return new GrammarException($"{_path}: the pattern cannot be used: {message} (character {_at + 1} of '{shown}').");
    }
}
