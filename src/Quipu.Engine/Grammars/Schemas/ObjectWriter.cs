using Quipu.Engine.Grammars.Syntax;
using static Quipu.Engine.Grammars.Syntax.GrammarNode;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>
/// Writes the grammar of objects: named properties in the order of the schema, or those required before the others, then further ones
/// where the schema asks for them.
/// </summary>
internal sealed class ObjectWriter(JsonPieces pieces, Func<List<SchemaPart>, GrammarNode> rule)
{
    private const int LongestName = 256;

    /// <summary>Objects of a shape.</summary>
    public GrammarNode Write(Shape shape)
    {
        if (!shape.NamesProperties && shape.Required.Count == 0 && shape.Additional is { Count: 0 })
            return pieces.Object;
        var required = shape.Required.ToHashSet(StringComparer.Ordinal);
        List<Member> members = [.. shape.Names.Select(name => new Member(
            JsonPieces.Member(JsonPieces.Quoted(Literal(JsonPieces.Spell(name))), rule(shape.Property(name))), required.Contains(name)))];
        if (shape.Additional is { } others)
            members.Add(new Member(Further(shape.Names, others, shape.Path), false));
        List<Member> requiredFirst = [.. members.OrderBy(member => member.IsRequired ? 0 : 1)];
        var content = Ordered(requiredFirst);
        if (!members.SequenceEqual(requiredFirst))
            content = Choice(content, Ordered(members));
        return JsonPieces.Wrapped("{", content, "}");
    }

    /// <summary>Members of names that are not named.</summary>
    private GrammarNode Further(List<string> names, List<SchemaPart> parts, string path)
    {
        if (names.Exists(name => name.Length > LongestName))
            throw new GrammarException($"{path}: beside further properties, the name of a property has at most {LongestName} characters.");
        var name = names.Count == 0 ? pieces.String(0, null) : JsonPieces.OtherThan(names);
        return JsonPieces.List(JsonPieces.Member(name, rule(parts)), 1, null);
    }

    /// <summary>
    /// The members in an order. Only the first that is there has no separator in front: for each place there are two contents, one where
    /// a member came before.
    /// </summary>
    private static GrammarNode Ordered(List<Member> members)
    {
        int firstRequired = members.FindIndex(member => member.IsRequired);
        int leading = firstRequired < 0 ? members.Count : firstRequired;
        // What follows the member at a place, with separators.
        var following = new GrammarNode[members.Count + 1];
        following[members.Count] = Empty;
        for (int i = members.Count - 1; i >= 0; i--)
        {
            var item = Sequence(JsonPieces.Separator, members[i].Node);
            following[i] = Sequence(members[i].IsRequired ? item : Optional(item), following[i + 1]);
        }
        List<GrammarNode> ways = [];
        if (firstRequired < 0)
            ways.Add(Empty);
        for (int i = 0; i < Math.Min(leading + 1, members.Count); i++)
            ways.Add(Sequence(members[i].Node, following[i + 1]));
        return Choice(ways);
    }

    private sealed record Member(GrammarNode Node, bool IsRequired);
}
