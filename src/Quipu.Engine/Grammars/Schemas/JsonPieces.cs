using System.Globalization;
using System.Text;
using System.Text.Json;
using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Grammars of JSON's parts, as rules that all schemas of one grammar share.</summary>
/// <remarks>
/// White space is what a model writes, compact or indented, but bounded, or a small model would write it for ever. Escapes of surrogates
/// come in pairs only: a half one is no text.
/// </remarks>
internal sealed class JsonPieces
{
    private const int Indentation = 20;
    private const int NumberDigits = 15;

    private static readonly CharSet Digits = CharSet.Of(('0', '9'));
    private static readonly CharSet Hex = CharSet.OfText("0123456789abcdefABCDEF");
    private static readonly CharSet Special = CharSet.Of((0, 0x1f), ('"', '"'), ('\\', '\\'));

    private readonly RuleSet _rules;
    private GrammarNode? _escape, _value, _object, _array;

    /// <summary>Adds to rules.</summary>
    public JsonPieces(RuleSet rules) => _rules = rules;

    /// <summary>White space between parts.</summary>
    public static GrammarNode Space { get; } = Optional(Choice(
        Literal(" "), Sequence(Literal("\n"), Repeat(Class(CharSet.OfText(" \t")), 0, Indentation))));

    /// <summary>A digit.</summary>
    public static GrammarNode Digit { get; } = Class(Digits);

    /// <summary>Characters that a string has as they are.</summary>
    public static CharSet Plain { get; } = Special.Negate();

    /// <summary>true or false.</summary>
    public static GrammarNode Boolean { get; } = Choice(Literal("true"), Literal("false"));

    /// <summary>An integer of any size that a double holds.</summary>
    public static GrammarNode Integer { get; } = Sequence(Optional(Literal("-")), WholePart());

    /// <summary>A number.</summary>
    public static GrammarNode Number { get; } = Sequence(
        Optional(Literal("-")),
        WholePart(),
        Optional(Sequence(Literal("."), Repeat(Digit, 1, NumberDigits))),
        Optional(Sequence(Class(CharSet.OfText("eE")), Optional(Class(CharSet.OfText("+-"))), Repeat(Digit, 1, 2))));

    /// <summary>One character of a string.</summary>
    public GrammarNode Character => Choice(Class(Plain), Escape);

    /// <summary>Any value.</summary>
    public GrammarNode Value
    {
        get
        {
            if (_value is not null)
                return _value;
            int rule = _rules.Declare("value");
            _value = new RuleNode(rule);
            _rules.Define(rule, Choice(Object, Array, String(0, null), Number, Boolean, Literal("null")));
            return _value;
        }
    }

    /// <summary>Any object.</summary>
    public GrammarNode Object => _object ??= _rules.Add("object", Wrapped("{", List(Member(String(0, null), Value), 0, null), "}"));

    /// <summary>Any array.</summary>
    public GrammarNode Array => _array ??= _rules.Add("array", Wrapped("[", List(Value, 0, null), "]"));

    private GrammarNode Escape => _escape ??= _rules.Add("escape", Sequence(Literal("\\"), Choice(
        Class(CharSet.OfText("\"\\/bfnrt")),
        Sequence(Literal("u"), Choice(
            Sequence(Class(Hex.Except(CharSet.OfText("dD"))), Repeat(Class(Hex), 3, 3)),
            Sequence(Class(CharSet.OfText("dD")), Class(CharSet.OfText("01234567")), Repeat(Class(Hex), 2, 2)),
            Sequence(
                Class(CharSet.OfText("dD")), Class(CharSet.OfText("89abAB")), Repeat(Class(Hex), 2, 2), Literal("\\u"),
                Class(CharSet.OfText("dD")), Class(CharSet.OfText("cdefCDEF")), Repeat(Class(Hex), 2, 2)))))));

    /// <summary>A string of some length in characters.</summary>
    public GrammarNode String(int least, int? most) => Quoted(Repeat(Character, least, most));

    /// <summary>A string with a given content.</summary>
    public static GrammarNode Quoted(GrammarNode content) => Sequence(Literal("\""), content, Literal("\""));

    /// <summary>A name and a value.</summary>
    public static GrammarNode Member(GrammarNode name, GrammarNode value) => Sequence(name, Literal(":"), Space, value);

    /// <summary>What stands between two members or items.</summary>
    public static GrammarNode Separator { get; } = Sequence(Literal(","), Space);

    /// <summary>Brackets around a list, with white space inside.</summary>
    public static GrammarNode Wrapped(string open, GrammarNode content, string close) =>
        Sequence(Literal(open), Space, content, Space, Literal(close));

    /// <summary>Items with separators.</summary>
    public static GrammarNode List(GrammarNode item, int least, int? most)
    {
        if (most == 0)
            return Empty;
        var list = Sequence(item, Repeat(Sequence(Separator, item), Math.Max(0, least - 1), most - 1));
        return least == 0 ? Optional(list) : list;
    }

    /// <summary>One character of a set as a string spells it: as it is, or by its shortest escape.</summary>
    public static GrammarNode Spelled(CharSet set)
    {
        List<GrammarNode> ways = [];
        var plain = set.Intersect(Plain);
        if (!plain.IsEmpty)
            ways.Add(Class(plain));
        foreach ((int low, int high) in set.Intersect(Special).Ranges)
            for (int value = low; value <= high; value++)
                ways.Add(Literal(EscapeOf(value)));
        return Choice(ways);
    }

    /// <summary>A text as a string spells it, without the quotes.</summary>
    public static string Spell(string text)
    {
        var spelled = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            spelled.Append(Special.Contains(rune.Value) ? EscapeOf(rune.Value) : rune.ToString());
        return spelled.ToString();
    }

    /// <summary>Any string, in its one shortest spelling, but these.</summary>
    public static GrammarNode OtherThan(IEnumerable<string> names) =>
        Quoted(Excluding([.. names.Select(name => name.EnumerateRunes().Select(rune => rune.Value).ToArray())], 0));

    /// <summary>A value as it stands in a schema.</summary>
    public static GrammarNode Constant(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Literal('"' + Spell(value.GetString()!) + '"'),
        JsonValueKind.Array => Wrapped("[", Joined(value.EnumerateArray().Select(Constant)), "]"),
        JsonValueKind.Object => Wrapped("{", Joined(value.EnumerateObject().Select(member =>
            Member(Literal('"' + Spell(member.Name) + '"'), Constant(member.Value)))), "}"),
        _ => Literal(value.GetRawText()),
    };

    private static GrammarNode Joined(IEnumerable<GrammarNode> items) =>
        Sequence(items.SelectMany((item, index) => index == 0 ? new[] { item } : [Separator, item]));

    private static GrammarNode WholePart() => Choice(Literal("0"), Sequence(Class(CharSet.Of(('1', '9'))), Repeat(Digit, 0, NumberDigits)));

    private static GrammarNode Excluding(List<int[]> names, int depth)
    {
        var byNext = names.Where(name => name.Length > depth).GroupBy(name => name[depth]).ToList();
        List<GrammarNode> ways = [];
        if (names.TrueForAll(name => name.Length != depth))
            ways.Add(Empty);
        var others = CharSet.All.Except(CharSet.Of(byNext.Select(group => (group.Key, group.Key))));
        ways.Add(Sequence(Spelled(others), Repeat(Spelled(CharSet.All), 0, null)));
        foreach (var group in byNext)
            ways.Add(Sequence(Spelled(CharSet.Of(group.Key)), Excluding([.. group], depth + 1)));
        return Choice(ways);
    }

    private static string EscapeOf(int value) => value switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => "\\u" + value.ToString("x4", CultureInfo.InvariantCulture),
    };
}
