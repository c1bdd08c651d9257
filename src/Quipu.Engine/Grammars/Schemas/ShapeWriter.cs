using System.Text;
using System.Text.Json;
using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Writes the grammar of a shape.</summary>
/// <param name="pieces">JSON's parts.</param>
/// <param name="rule">The rule of a set of schemas.</param>
/// <param name="compiler">Compiles what values of enum must meet beside.</param>
internal sealed class ShapeWriter(JsonPieces pieces, Func<List<SchemaPart>, GrammarNode> rule, JsonSchemaCompiler compiler)
{
    /// <summary>Values of the shape.</summary>
    public GrammarNode Write(Shape shape) => shape.Values is null ? WriteTypes(shape) : WriteValues(shape);

    /// <summary>Values of the shape's types, whatever enum and const say.</summary>
    public GrammarNode WriteTypes(Shape shape)
    {
        List<GrammarNode> ways = [];
        if (shape.Types.HasFlag(JsonTypes.Object))
            ways.Add(new ObjectWriter(pieces, rule).Write(shape));
        if (shape.Types.HasFlag(JsonTypes.Array))
            ways.Add(WriteArray(shape));
        if (shape.Types.HasFlag(JsonTypes.String))
            ways.Add(WriteString(shape));
        bool bounded = shape.Minimum is not null || shape.Maximum is not null;
        if (shape.Types.HasFlag(JsonTypes.Fraction))
            ways.Add(bounded ? NumberRanges.Numbers(shape.Minimum, shape.Maximum) : JsonPieces.Number);
        else if (shape.Types.HasFlag(JsonTypes.Integer))
            ways.Add(bounded ? NumberRanges.Integers(shape.Minimum, shape.Maximum) : JsonPieces.Integer);
        if (shape.Types.HasFlag(JsonTypes.Boolean))
            ways.Add(JsonPieces.Boolean);
        if (shape.Types.HasFlag(JsonTypes.Null))
            ways.Add(Literal("null"));
        return Choice(ways);
    }

    private GrammarNode WriteValues(Shape shape)
    {
        var values = shape.Values!.Where(value => (TypeOf(value) & shape.Types) != 0);
        if (shape.HasDetails)
        {
            var others = new GrammarMatcher(new Grammar(compiler.WithoutValues(shape)));
            values = values.Where(value => Fits(others, value));
        }
        return Choice(values.Select(JsonPieces.Constant));
    }

    private static bool Fits(GrammarMatcher matcher, JsonElement value)
    {
        string spelled = value.ValueKind == JsonValueKind.String ? $"\"{JsonPieces.Spell(value.GetString()!)}\"" : value.GetRawText();
        byte[] text = Encoding.UTF8.GetBytes(spelled);
        matcher.Reset();
        return matcher.Read(text) == text.Length && matcher.IsComplete;
    }

    private static JsonTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Number => NumberBound.Parse(value.GetRawText(), exclusive: false) is { Scale: 0 }
            ? JsonTypes.Integer
            : JsonTypes.Fraction,
        JsonValueKind.Null => JsonTypes.Null,
        _ => JsonTypes.Boolean,
    };

    private GrammarNode WriteString(Shape shape)
    {
        if (shape.MaxLength < shape.MinLength)
            return Never;
        bool lengths = shape.MinLength > 0 || shape.MaxLength is not null;
        if (shape.Patterns.Count + (shape.Format is null ? 0 : 1) > 1)
            throw new GrammarException(
                $"{shape.Path}: several patterns, or a pattern and a format, cannot be combined. Put them into one pattern.");
        if (shape.Patterns is [var (pattern, path)])
        {
            var content = PatternParser.Parse(pattern, path);
            return JsonPieces.Quoted(lengths ? StringLengths.Limit(content, shape.MinLength, shape.MaxLength, shape.Path) : content);
        }
        if (shape.Format is { } format)
        {
            var content = Formats.Content(format)!;
            return JsonPieces.Quoted(lengths ? StringLengths.Limit(content, shape.MinLength, shape.MaxLength, shape.Path) : content);
        }
        return pieces.String(shape.MinLength, shape.MaxLength);
    }

    private GrammarNode WriteArray(Shape shape)
    {
        int most = shape.MaxItems ?? int.MaxValue;
        if (most < shape.MinItems)
            return Never;
        if (shape.Prefix.Count == 0)
        {
            var item = shape.Items is null ? pieces.Value : rule(shape.Items);
            return JsonPieces.Wrapped("[", JsonPieces.List(item, shape.MinItems, shape.MaxItems), "]");
        }
        // From the last to the first: each item may be the last one where there are enough before it.
        int count = Math.Min(shape.Prefix.Count, most);
        var rest = Further(shape, count, most);
        for (int i = count - 1; i >= 0; i--)
        {
            var item = rule(shape.Prefix[i]);
            rest = Sequence(i == 0 ? Empty : JsonPieces.Separator, item, rest);
            if (i >= shape.MinItems)
                rest = Optional(rest);
        }
        return JsonPieces.Wrapped("[", rest, "]");
    }

    /// <summary>Items behind the prefix: those that are asked for.</summary>
    private GrammarNode Further(Shape shape, int count, int most)
    {
        int least = Math.Max(0, shape.MinItems - count);
        if (shape.Items is null && least == 0)
            return Empty;
        var item = shape.Items is null ? pieces.Value : rule(shape.Items);
        int? further = most == int.MaxValue ? null : most - count;
        return Repeat(Sequence(JsonPieces.Separator, item), least, further);
    }
}
