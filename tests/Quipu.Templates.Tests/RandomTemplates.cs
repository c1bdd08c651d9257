using System.Text;
using Quipu.Testing;

namespace Quipu.Templates.Tests;

/// <summary>Makes templates by chance: from a grammar, from tokens without order, and from real templates with damage.</summary>
internal sealed class RandomTemplates(int seed)
{
    private static readonly string[] Names = ["x", "xs", "d", "s", "n", "f", "nope", "messages", "loop", "ns", "tools", "true", "none"];

    private static readonly string[] Literals =
        ["1", "0", "-7", "2.5", "1e308", "10**40", "''", "'ab'", "\"é🦜\\n\"", "[]", "[1, 'a', none]", "{}", "{'a': 1}", "(1,)", "range(5)", "namespace(a=1)", "dict(b=2)"];

    private static readonly string[] Operators =
        ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"];

    private static readonly string[] Filters =
    [
        "abs", "attr('upper')", "batch(3, 0)", "capitalize", "center(20)", "default('d', true)", "dictsort", "escape", "filesizeformat", "first",
        "float", "format(1, 'a')", "groupby('a')", "indent(3, true)", "int(0, 16)", "items", "join(', ')", "last", "length", "list", "lower",
        "map('upper')", "map(attribute='a')", "max", "min", "pprint", "reject('odd')", "replace('a', 'bb')", "reverse", "round(2)", "safe",
        "select('string')", "selectattr('role', 'eq', 'user')", "slice(2)", "sort(reverse=true)", "string", "striptags", "sum", "title", "tojson",
        "tojson(indent=2)", "trim", "truncate(5)", "unique", "upper", "urlencode", "wordcount", "wordwrap(7)", "xmlattr",
    ];

    private static readonly string[] Methods =
    [
        "upper()", "split()", "split('a', 1)", "strip()", "join(xs)", "replace('a', 'b')", "format(1, x=2)", "startswith('a')", "find('b')", "count('')",
        "title()", "zfill(9)", "center(11, '*')", "partition('a')", "splitlines()", "items()", "keys()", "get('a')", "index(1)", "append(1)", "a", "nope",
    ];

    private static readonly string[] Tests =
        ["defined", "none", "string", "mapping", "iterable", "odd", "divisibleby(3)", "in [1, 2]", "eq 1", "sameas none", "upper", "callable", "nope"];

    private static readonly string[] Tokens =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", "{%+", "+%}", "if", "elif", "else", "endif", "for", "in", "endfor", "recursive",
        "set", "endset", "macro", "endmacro", "call", "endcall", "filter", "endfilter", "with", "endwith", "raw", "endraw", "generation",
        "endgeneration", "break", "continue", "block", "endblock", "include", "is", "not", "and", "or", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":",
        "=", "==", "~", "*", "**", "+", "-", "/", "%", "<", "!", "$", "\\", "'", "\"", "\n", "\r\n", " ", "x", "xs", "loop", "caller", "upper", "1", "1.5",
        "0x1f", "'a'", "\"\\u12\"", "é", "🦜", "\ud83e", "\0",
    ];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();

    /// <summary>Templates to damage: those of the repository, and those of third parties where they are.</summary>
    public static IReadOnlyList<string> Real { get; } = ReadReal();

    public string Next()
    {
        _text.Clear();
        switch (seed % 3)
        {
            case 0:
                Body(4);
                break;
            case 1:
                for (int i = _random.Next(1, 40); i > 0; i--)
                    _text.Append(Pick(Tokens)).Append(_random.Next(3) == 0 ? " " : "");
                break;
            default:
                Damage(Real[_random.Next(Real.Count)]);
                break;
        }
        return _text.ToString();
    }

    private static List<string> ReadReal()
    {
        var templates = new List<string>();
        foreach (string path in Directory.GetFiles(TestPaths.Fixture("templates", "features"), "*.json").Order())
            templates.AddRange(Golden.Read(path).GetProperty("cases").EnumerateArray().Select(test => test.GetProperty("template").GetString()!));
        if (TestPaths.Shared("golden", "templates", "third-party") is { } folder)
            foreach (string path in Directory.GetFiles(folder, "*.json").Order())
                templates.AddRange(Enumerable.Repeat(Golden.Read(path).GetProperty("template").GetString()!, 20));
        return templates;
    }

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];

    private void Damage(string template)
    {
        _text.Append(template);
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            int at = _random.Next(_text.Length + 1);
            int length = Math.Min(_random.Next(1, 30), _text.Length - at);
            switch (_random.Next(4))
            {
                case 0:
                    _text.Remove(at, length);
                    break;
                case 1:
                    _text.Insert(at, Pick(Tokens));
                    break;
                case 2:
                    _text.Insert(_random.Next(_text.Length + 1), _text.ToString(at, length));
                    break;
                default:
                    _text.Insert(at, Expression(2));
                    break;
            }
        }
    }

    private void Body(int depth)
    {
        for (int i = _random.Next(1, 4); i > 0; i--)
            Statement(depth);
    }

    private void Statement(int depth)
    {
        if (depth == 0)
        {
            _text.Append("{{ ").Append(Expression(3)).Append(" }}");
            return;
        }
        switch (_random.Next(11))
        {
            case 0:
                _text.Append(Pick([" a\n", "  ", "é🦜", "\n"]));
                break;
            case 1 or 2:
                _text.Append(Pick(["{{ ", "{{- "])).Append(Expression(4)).Append(Pick([" }}", " -}}"]));
                break;
            case 3:
                Block($"if {Expression(3)}", depth, "endif", _random.Next(2) == 0 ? "{% else %}" : null);
                break;
            case 4:
                string loop = Pick(["", " if " + Expression(2), " recursive"]);
                Block($"for {Pick(["x", "x, y", "n"])} in {Expression(2)}{loop}", depth, "{{ loop.index }}{{ loop.last }}{% endfor", null);
                break;
            case 5:
                _text.Append($"{{% set {Pick(["x", "s", "xs", "x, y", "ns.a"])} = {Expression(3)} %}}");
                break;
            case 6:
                Block($"set {Pick(["s", "x"])}{Pick(["", " | upper", " | trim | length"])}", depth, "endset", null);
                break;
            case 7:
                Block("macro m(a, b=1)", depth, "{{ a }}{{ b }}{% endmacro", null);
                _text.Append($"{{{{ m({Expression(2)}) }}}}");
                break;
            case 8:
                Block("macro c()", depth, "{{ caller() }}{% endmacro", null);
                Block("call c()", depth, "endcall", null);
                break;
            case 9:
                Block($"with x = {Expression(2)}", depth, "endwith", null);
                break;
            default:
                Block($"filter {Pick(Filters)}", depth, "endfilter", null);
                break;
        }
    }

    private void Block(string open, int depth, string close, string? middle)
    {
        _text.Append("{% ").Append(open).Append(Pick([" %}", " -%}"]));
        Body(depth - 1);
        if (middle is not null)
        {
            _text.Append(middle);
            Body(depth - 1);
        }
        _text.Append(close.StartsWith('{') ? "" : "{% ").Append(close).Append(" %}");
    }

    private string Expression(int depth)
    {
        if (depth == 0)
            return _random.Next(2) == 0 ? Pick(Names) : Pick(Literals);
        string Inner() => Expression(depth - 1);
        return _random.Next(10) switch
        {
            0 => Pick(Names),
            1 => $"({Inner()}) {Pick(Operators)} {Inner()}",
            2 => $"{Inner()} {Pick(Operators)} {Inner()}",
            3 or 4 => $"{Inner()}|{Pick(Filters)}",
            5 => $"({Inner()}).{Pick(Methods)}",
            6 => $"({Inner()} is {Pick(["", "not "])}{Pick(Tests)})",
            7 => $"({Inner()} if {Inner()} else {Inner()})",
            8 => $"({Inner()})[{Pick(["0", "-1", "'a'", "1:", "::-1", "x", "::0"])}]",
            _ => Pick([$"[{Inner()}, {Inner()}]", $"{{'k': {Inner()}}}", $"-{Inner()}", $"not {Inner()}", $"namespace(a={Inner()})"]),
        };
    }
}
