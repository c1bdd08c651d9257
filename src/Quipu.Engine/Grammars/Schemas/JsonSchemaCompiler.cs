using System.Text.Json;
using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>
/// Turns a JSON schema into rules. A value must meet a set of schemas together: references, allOf, anyOf and oneOf are resolved to such
/// sets, and what is left of a set, plain keywords, becomes one <see cref="Shape"/>. Each set becomes a rule, so that schemas may recur.
/// </summary>
internal sealed class JsonSchemaCompiler
{
    private const int MaxSets = 20_000;

    private static readonly JsonElement AnyObjectSchema = JsonDocument.Parse("""{"type":"object"}""").RootElement;

    private readonly JsonElement _root;
    private readonly RuleSet _rules;
    private readonly JsonPieces _pieces;
    private readonly Dictionary<string, GrammarNode> _ruleOf = new(StringComparer.Ordinal);
    private int _depth;

    private JsonSchemaCompiler(JsonElement root, RuleSet rules, JsonPieces pieces) => (_root, _rules, _pieces) = (root, rules, pieces);

    private static JsonSchemaCompiler For(JsonElement root)
    {
        var rules = new RuleSet();
        return new JsonSchemaCompiler(root, rules, new JsonPieces(rules));
    }

    /// <summary>The rules of a schema.</summary>
    /// <exception cref="GrammarException">It is no schema, or uses what is not supported; the message says where.</exception>
    public static RuleSet Compile(JsonElement schema)
    {
        var compiler = For(schema);
        int root = compiler._rules.Declare("#");
        compiler._rules.Root = root;
        compiler._rules.Define(root, compiler.Rule([KeywordReader.Checked(schema, "#")]));
        return compiler._rules;
    }

    /// <summary>Adds the rules of a schema to others.</summary>
    /// <inheritdoc cref="Compile"/>
    public static GrammarNode AddTo(RuleSet rules, JsonPieces pieces, JsonElement schema, bool mustBeObject = false)
    {
        var compiler = new JsonSchemaCompiler(schema, rules, pieces);
        var part = KeywordReader.Checked(schema, "#");
        return compiler.Rule(mustBeObject ? [part, new SchemaPart(AnyObjectSchema, "object")] : [part]);
    }

    /// <summary>The rules of any JSON object.</summary>
    public static RuleSet AnyObject() => Any(pieces => pieces.Object);

    /// <summary>The rules of any JSON value.</summary>
    public static RuleSet AnyValue() => Any(pieces => pieces.Value);

    /// <summary>The rules of what values that meet some schemas together look like, apart from enum and const.</summary>
    internal RuleSet WithoutValues(Shape shape)
    {
        var compiler = For(_root);
        int root = compiler._rules.Declare("#");
        compiler._rules.Root = root;
        compiler._rules.Define(root, new ShapeWriter(compiler._pieces, compiler.Rule, this).WriteTypes(shape));
        return compiler._rules;
    }

    /// <summary>The shapes of a set, one for each alternative; null where a reference recurs before one is found.</summary>
    internal List<Shape>? Shapes(List<SchemaPart> parts)
    {
        if (++_depth > GrammarLimits.Nesting)
            throw new GrammarException($"{parts[0].Path}: references and combinations nest deeper than {GrammarLimits.Nesting}.");
        try
        {
            return Step(parts) is not { } step ? [ShapeOf(parts)] : [.. step.SelectMany(alternative => Shapes(alternative) ?? [])];
        }
        finally
        {
            _depth--;
        }
    }

    private static RuleSet Any(Func<JsonPieces, GrammarNode> piece)
    {
        var rules = new RuleSet();
        int root = rules.Declare("root");
        rules.Root = root;
        rules.Define(root, piece(new JsonPieces(rules)));
        return rules;
    }

    /// <summary>The rule of a set of schemas.</summary>
    private GrammarNode Rule(List<SchemaPart> parts)
    {
        List<SchemaPart> constraining =
        [
            .. parts.Where(part => part.Constrains()).DistinctBy(part => part.Key).OrderBy(part => part.Key, StringComparer.Ordinal),
        ];
        if (constraining.Count == 0)
            return _pieces.Value;
        string key = string.Join('|', constraining.Select(part => part.Key));
        if (_ruleOf.TryGetValue(key, out var known))
            return known;
        if (_ruleOf.Count >= MaxSets)
            throw new GrammarException($"The schema is too large: it combines to more than {MaxSets} schemas.");
        if (++_depth > GrammarLimits.Nesting)
            throw new GrammarException($"{constraining[0].Path}: the schema nests deeper than {GrammarLimits.Nesting}.");
        int rule = _rules.Declare(constraining[0].Path);
        _ruleOf.Add(key, new RuleNode(rule));
        _rules.Define(rule, Step(constraining) is { } alternatives
            ? Choice(alternatives.Select(Rule))
            : new ShapeWriter(_pieces, Rule, this).Write(ShapeOf(constraining)));
        _depth--;
        return _ruleOf[key];
    }

    private static Shape ShapeOf(List<SchemaPart> parts)
    {
        var shape = new Shape { Path = parts.Count > 0 ? parts[0].Path : "#" };
        foreach (var part in parts)
            shape.Add(part);
        shape.Complete();
        return shape;
    }

    /// <summary>Resolves one combining keyword: to the sets one of which a value must meet; null where none is left.</summary>
    private List<List<SchemaPart>>? Step(List<SchemaPart> parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            List<SchemaPart> others = [.. parts.Where((_, index) => index != i)];
            if (part.Open(Combining.Ref) is { } reference)
                return [[.. others, part.Without(Combining.Ref), Resolve(reference, part.Path)]];
            if (part.Open(Combining.AllOf) is { } all)
                return [[.. others, part.Without(Combining.AllOf), .. KeywordReader.List(all, part.Path + "/allOf")]];
            if (part.Open(Combining.AnyOf) is { } any)
                return Alternatives(any, part, Combining.AnyOf, others);
            if (part.Open(Combining.OneOf) is { } one)
            {
                var sets = Alternatives(one, part, Combining.OneOf, others);
                new Overlaps(Shapes).RequireDisjoint(sets, part.Path + "/oneOf");
                return sets;
            }
        }
        return null;
    }

    private static List<List<SchemaPart>> Alternatives(JsonElement list, SchemaPart part, Combining keyword, List<SchemaPart> others) =>
    [
        .. KeywordReader.List(list, $"{part.Path}/{SchemaPart.NameOf(keyword)}")
            .Select(item => (List<SchemaPart>)[.. others, part.Without(keyword), item]),
    ];

    private SchemaPart Resolve(JsonElement reference, string path)
    {
        string? text = reference.ValueKind == JsonValueKind.String ? reference.GetString() : null;
        if (text is null || !(text == "#" || text.StartsWith("#/", StringComparison.Ordinal)))
        {
            string found = text is null ? "" : $", but is '{text}'";
            throw new GrammarException($"{path}/$ref must point into this schema, as in '#/$defs/name'{found}.");
        }
        var target = _root;
        foreach (string step in text.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(step)
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind == JsonValueKind.Object && target.TryGetProperty(name, out var member))
                target = member;
            else if (target.ValueKind == JsonValueKind.Array && int.TryParse(name, out int at) && at >= 0 && at < target.GetArrayLength())
                target = target[at];
            else
                throw new GrammarException($"{path}/$ref is '{text}', but there is nothing of that name in the schema.");
        }
        return KeywordReader.Checked(target, text);
    }
}
