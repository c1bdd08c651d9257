namespace Quipu.Engine.Grammars.Schemas;

/// <summary>
/// Whether a value can meet two schemas at once. oneOf allows what meets exactly one of its schemas; where these are disjoint, and only
/// there, that is what meets any of them.
/// </summary>
/// <param name="shapes">The shapes of a set of schemas.</param>
internal sealed class Overlaps(Func<List<SchemaPart>, List<Shape>?> shapes)
{
    private const int MaxDepth = 4;

    /// <summary>Refuses alternatives that may hold at once.</summary>
    /// <exception cref="GrammarException">Two of them may; the message says which.</exception>
    public void RequireDisjoint(List<List<SchemaPart>> alternatives, string path)
    {
        if (alternatives.Count < 2)
            return;
        var all = alternatives.Select(shapes).ToList();
        for (int i = 0; i < all.Count; i++)
            for (int j = i + 1; j < all.Count; j++)
                if (all[i] is not { } left || all[j] is not { } right || !Disjoint(left, right, 0))
                    throw new GrammarException(
                        $"{path}: the alternatives {i} and {j} may hold at once, which 'oneOf' does not allow. "
                        + "Use 'anyOf', or tell them apart by a property with 'const'.");
    }

    private bool Disjoint(List<Shape> left, List<Shape> right, int depth) =>
        left.TrueForAll(one => right.TrueForAll(other => Disjoint(one, other, depth)));

    private bool Disjoint(Shape left, Shape right, int depth)
    {
        var common = TypesOf(left) & TypesOf(right);
        if (common == JsonTypes.None)
            return true;
        if (left.Values is { } values && right.Values is { } others)
            return !values.Exists(value => others.Exists(other => System.Text.Json.JsonElement.DeepEquals(value, other)));
        if ((common & (JsonTypes.Null | JsonTypes.Boolean)) != 0)
            return false;
        return ((common & JsonTypes.Number) == 0 || Apart(left.Maximum, right.Minimum) || Apart(right.Maximum, left.Minimum))
            && ((common & JsonTypes.String) == 0 || left.MaxLength < right.MinLength || right.MaxLength < left.MinLength)
            && ((common & JsonTypes.Array) == 0 || left.MaxItems < right.MinItems || right.MaxItems < left.MinItems)
            && ((common & JsonTypes.Object) == 0 || DisjointObjects(left, right, depth));
    }

    private bool DisjointObjects(Shape left, Shape right, int depth)
    {
        if (Lacks(left, right) && Lacks(right, left))
            return true;
        if (depth >= MaxDepth)
            return false;
        return left.Required.Union(right.Required).Any(name =>
            left.Names.Contains(name) && right.Names.Contains(name)
            && shapes(left.Property(name)) is { } one && shapes(right.Property(name)) is { } other && Disjoint(one, other, depth + 1));
    }

    /// <summary>Whether what is written for a shape never has a property that the other requires.</summary>
    private static bool Lacks(Shape shape, Shape other) =>
        shape.Additional is null && other.Required.Exists(name => !shape.Names.Contains(name));

    private static bool Apart(NumberBound? high, NumberBound? low)
    {
        if (high is not { } top || low is not { } bottom)
            return false;
        int order = top.CompareTo(bottom);
        return order < 0 || (order == 0 && (top.Exclusive || bottom.Exclusive));
    }

    private static JsonTypes TypesOf(Shape shape)
    {
        if (shape.Values is not { } values)
            return shape.Types;
        var types = JsonTypes.None;
        foreach (var value in values)
            types |= value.ValueKind switch
            {
                System.Text.Json.JsonValueKind.Object => JsonTypes.Object,
                System.Text.Json.JsonValueKind.Array => JsonTypes.Array,
                System.Text.Json.JsonValueKind.String => JsonTypes.String,
                System.Text.Json.JsonValueKind.Number => JsonTypes.Number,
                System.Text.Json.JsonValueKind.Null => JsonTypes.Null,
                _ => JsonTypes.Boolean,
            };
        return types & shape.Types;
    }
}
