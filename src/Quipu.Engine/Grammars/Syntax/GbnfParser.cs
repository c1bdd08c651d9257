using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Quipu.Engine.Grammars.Syntax;

/// <summary>Reads GBNF, llama.cpp's notation of grammars, to the letter: what llama.cpp refuses is refused.</summary>
internal sealed class GbnfParser
{
    private readonly string _text;
    private readonly RuleSet _rules = new();
    private readonly Dictionary<string, int> _ruleOf = new(StringComparer.Ordinal);
    private readonly List<(int Rule, int Position)> _references = [];
    private readonly List<(GrammarNode Item, int Position)> _unbounded = [];
    private int _at;
    private int _depth;

    private GbnfParser(string text) => _text = text;

    /// <summary>Reads a grammar.</summary>
    /// <exception cref="GrammarException">It is not well formed; the message names line and column.</exception>
    public static RuleSet Parse(string text)
    {
        var parser = new GbnfParser(text);
        parser.ParseRules();
        return parser._rules;
    }

    private void ParseRules()
    {
        SkipSpace(newlines: true);
        while (_at < _text.Length)
            ParseRule();
        foreach ((int rule, int position) in _references)
            if (!_rules.IsDefined(rule))
                throw Error($"there is no rule '{_rules.Name(rule)}'", position);
        if (!_ruleOf.TryGetValue("root", out int root))
            throw new GrammarException("The grammar has no rule 'root', which the whole text has to match.");
        _rules.Root = root;
        foreach ((var item, int position) in _unbounded)
            if (MayBeEmpty(item))
                throw Error("what is repeated without a bound may be empty (left recursion)", position);
    }

    private void ParseRule()
    {
        string name = ParseName("a rule's name");
        int rule = RuleOf(name);
        SkipSpace(newlines: false);
        if (!_text.AsSpan(_at).StartsWith("::="))
            throw Error(Peek() == '_' ? "a rule's name has letters, digits and '-' only" : $"'::=' is missing after '{name}'");
        _at += 3;
        SkipSpace(newlines: true);
        _rules.Define(rule, ParseAlternatives(nested: false));
        if (_at < _text.Length && Peek() is not ('\r' or '\n'))
            throw Error(Peek() == ')' ? "this ')' closes nothing" : $"{Found()} is not expected here; a rule ends with its line");
        SkipSpace(newlines: true);
    }

    private ChoiceNode ParseAlternatives(bool nested)
    {
        var alternatives = ImmutableArray.CreateBuilder<GrammarNode>();
        alternatives.Add(ParseSequence(nested));
        while (Peek() == '|')
        {
            _at++;
            SkipSpace(newlines: true);
            alternatives.Add(ParseSequence(nested));
        }
        return new ChoiceNode(alternatives.ToImmutable());
    }

    private SequenceNode ParseSequence(bool nested)
    {
        var items = ImmutableArray.CreateBuilder<GrammarNode>();
        bool repeatable = false; // what stands before a quantifier; "" and [] leave nothing to repeat
        while (true)
        {
            int start = _at;
            if (Peek() is '*' or '+' or '?' or '{')
            {
                var (least, most) = ParseQuantifier(nested);
                if (!repeatable)
                    throw Error("there is nothing in front that could be repeated", start);
                if (most is null)
                    _unbounded.Add((items[^1], start));
                items[^1] = new RepeatNode(items[^1], least, most);
                continue;
            }
            if (ParseItem() is not { } item)
                return new SequenceNode(items.ToImmutable());
            SkipSpace(nested);
            repeatable = item is not LiteralNode { CodePoints.IsEmpty: true };
            if (repeatable)
                items.Add(item);
        }
    }

    private GrammarNode? ParseItem()
    {
        switch (Peek())
        {
            case '"':
                return ParseLiteral();
            case '[':
                return ParseClass();
            case '<' or '!':
                return ParseToken();
            case '(':
                return ParseGroup();
            case '.':
                _at++;
                return new CharNode(CharSet.All);
            case { } letter when IsNameLetter(letter):
                int position = _at;
                int rule = RuleOf(ParseName("a name"));
                _references.Add((rule, position));
                return new RuleNode(rule);
            default:
                return null;
        }
    }

    private ChoiceNode ParseGroup()
    {
        int start = _at++;
        if (++_depth > GrammarLimits.Nesting)
            throw Error($"parentheses nest deeper than {GrammarLimits.Nesting}", start);
        SkipSpace(newlines: true);
        var group = ParseAlternatives(nested: true);
        if (Peek() != ')')
            throw _at < _text.Length ? Error($"{Found()} is not expected here; ')' is missing") : Error("this '(' is never closed", start);
        _at++;
        _depth--;
        return group;
    }

    private LiteralNode ParseLiteral()
    {
        int start = _at++;
        var codePoints = ImmutableArray.CreateBuilder<int>();
        while (Peek() != '"')
        {
            if (_at >= _text.Length)
                throw Error("this text has no closing '\"'", start);
            codePoints.Add(ParseCharacter());
        }
        _at++;
        return new LiteralNode(codePoints.ToImmutable());
    }

    private GrammarNode ParseClass()
    {
        int start = _at++;
        bool negated = Peek() == '^';
        if (negated)
            _at++;
        List<(int, int)> ranges = [];
        while (Peek() != ']')
        {
            if (_at >= _text.Length)
                throw Error("this character class has no closing ']'", start);
            int position = _at;
            int low = ParseCharacter();
            int high = low;
            if (Peek() == '-' && _at + 1 < _text.Length && _text[_at + 1] != ']')
            {
                _at++;
                high = ParseCharacter();
                if (high < low)
                    throw Error("the range's end comes before its begin", position);
            }
            ranges.Add((low, high));
        }
        _at++;
        if (ranges.Count == 0)
            return new LiteralNode([]); // llama.cpp reads [] and [^] as nothing at all
        var set = CharSet.Of(ranges);
        return new CharNode(negated ? set.Negate() : set);
    }

    private TokenNode ParseToken()
    {
        int start = _at;
        bool negated = Peek() == '!';
        if (negated)
            _at++;
        if (Peek() != '<')
            throw Error("'<' is missing: a token is written <[id]> or <text>");
        int open = _at++;
        if (Peek() == '[')
        {
            _at++;
            int id = ParseNumber("a token's id", int.MaxValue);
            if (!_text.AsSpan(_at).StartsWith("]>"))
                throw Error("']>' is missing after the token's id");
            _at += 2;
            return new TokenNode(id, null, negated);
        }
        int end = _text.IndexOf('>', _at);
        if (end < 0)
            throw Error("this token has no closing '>'", start);
        _at = end + 1;
        return new TokenNode(-1, _text[open.._at], negated);
    }

    private (int Least, int? Most) ParseQuantifier(bool nested)
    {
        char kind = _text[_at++];
        SkipSpace(nested);
        if (kind != '{')
            return kind switch { '*' => (0, null), '+' => (1, null), _ => (0, 1) };
        int least = ParseNumber("a number of repetitions", GrammarLimits.Repetitions);
        SkipSpace(nested);
        int? most = least;
        if (Peek() == ',')
        {
            _at++;
            SkipSpace(nested);
            int position = _at;
            most = Peek() is >= '0' and <= '9' ? ParseNumber("a number of repetitions", GrammarLimits.Repetitions) : null;
            if (most < least)
                throw Error($"the upper bound {most} is below the lower bound {least}", position);
            SkipSpace(nested);
        }
        if (Peek() != '}')
            throw Error("'}' is missing after the number of repetitions");
        _at++;
        SkipSpace(nested);
        return (least, most);
    }

    private int ParseNumber(string what, int limit)
    {
        int start = _at;
        while (Peek() is >= '0' and <= '9')
            _at++;
        if (_at == start)
            throw Error($"{what} is missing");
        var digits = _text.AsSpan(start, _at - start);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= limit
            ? value
            : throw Error($"{what} is at most {limit}", start);
    }

    private int ParseCharacter()
    {
        if (_text[_at] != '\\')
        {
            if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out int length) != System.Buffers.OperationStatus.Done)
                throw Error("half a surrogate pair is no character");
            _at += length;
            return rune.Value;
        }
        int start = _at++;
        char kind = _at < _text.Length ? _text[_at++] : '\0';
        return kind switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '"' or '[' or ']' or '-' => kind,
            'x' => ParseHex(2, start),
            'u' => ParseHex(4, start),
            'U' => ParseHex(8, start),
            _ => throw Error(@"this escape is unknown; there are \n \r \t \\ \"" \[ \] \- \xNN \uNNNN \UNNNNNNNN", start),
        };
    }

    private int ParseHex(int digits, int start)
    {
        if (_at + digits > _text.Length
            || !uint.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
        {
            throw Error($"this escape needs {digits} hexadecimal digits", start);
        }
        if (value > CharSet.Last)
            throw Error("this escape is beyond U+10FFFF, the last character", start);
        _at += digits;
        return (int)value;
    }

    private string ParseName(string what)
    {
        int start = _at;
        while (Peek() is { } letter && IsNameLetter(letter))
            _at++;
        return _at > start ? _text[start.._at] : throw Error($"{what} is expected here, but there is {Found()}");
    }

    private int RuleOf(string name)
    {
        if (!_ruleOf.TryGetValue(name, out int rule))
            _ruleOf.Add(name, rule = _rules.Declare(name));
        return rule;
    }

    private void SkipSpace(bool newlines)
    {
        while (Peek() is ' ' or '\t' or '#' || (newlines && Peek() is '\r' or '\n'))
        {
            if (_text[_at++] != '#')
                continue;
            while (_at < _text.Length && Peek() is not ('\r' or '\n'))
                _at++;
        }
    }

    /// <summary>
    /// Whether llama.cpp, when it looks for left recursion, takes an item for one that may be empty: it looks no deeper than the
    /// alternatives of a group or rule.
    /// </summary>
    private bool MayBeEmpty(GrammarNode item) => item switch
    {
        RepeatNode repeat => repeat.Least == 0 || MayBeEmpty(repeat.Item),
        ChoiceNode group => group.Items.Any(alternative => alternative is SequenceNode { Items.IsEmpty: true }),
        RuleNode call => MayBeEmpty(_rules.Body(call.Rule)),
        _ => false,
    };

    private char? Peek() => _at < _text.Length ? _text[_at] : null;

    private string Found() => _at >= _text.Length ? "the end" : Peek() is '\r' or '\n' ? "the end of the line" : $"'{_text[_at]}'";

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '-';

    private GrammarException Error(string message) => Error(message, _at);

    private GrammarException Error(string message, int position)
    {
        var before = _text.AsSpan(0, Math.Min(position, _text.Length));
        int line = before.Count('\n') + 1;
        return new GrammarException(message + ".", line, before.Length - (before.LastIndexOf('\n') + 1) + 1);
    }
}
