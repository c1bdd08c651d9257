using System.Collections.Immutable;
using System.Text;

namespace Quipu.Engine.Grammars.Syntax;

/// <summary>A piece of a rule.</summary>
internal abstract record GrammarNode
{
    /// <summary>The empty text.</summary>
    public static GrammarNode Empty { get; } = new SequenceNode([]);

    /// <summary>No text at all.</summary>
    public static GrammarNode Never { get; } = new ChoiceNode([]);

    /// <summary>One after the other.</summary>
    public static GrammarNode Sequence(params IEnumerable<GrammarNode> items) => new SequenceNode([.. items]);

    /// <summary>One of them.</summary>
    public static GrammarNode Choice(params IEnumerable<GrammarNode> items)
    {
        ImmutableArray<GrammarNode> all = [.. items];
        return all is [var only] ? only : new ChoiceNode(all);
    }

    /// <summary>A text.</summary>
    public static GrammarNode Literal(string text) => new LiteralNode([.. text.EnumerateRunes().Select(rune => rune.Value)]);

    /// <summary>One character of a set.</summary>
    public static GrammarNode Class(CharSet set) => new CharNode(set);

    /// <summary>Repeated; without <paramref name="most"/> any number of times.</summary>
    public static GrammarNode Repeat(GrammarNode item, int least, int? most) => new RepeatNode(item, least, most);

    /// <summary>Or nothing.</summary>
    public static GrammarNode Optional(GrammarNode item) => new RepeatNode(item, 0, 1);
}

/// <summary>One after the other.</summary>
internal sealed record SequenceNode(ImmutableArray<GrammarNode> Items) : GrammarNode;

/// <summary>One of them; none: no text matches.</summary>
internal sealed record ChoiceNode(ImmutableArray<GrammarNode> Items) : GrammarNode;

/// <summary>A number of times.</summary>
internal sealed record RepeatNode(GrammarNode Item, int Least, int? Most) : GrammarNode;

/// <summary>Code points one after the other.</summary>
internal sealed record LiteralNode(ImmutableArray<int> CodePoints) : GrammarNode
{
    /// <inheritdoc/>
    public override string ToString() => string.Concat(CodePoints.Select(value => new Rune(value).ToString()));
}

/// <summary>One character of a set.</summary>
internal sealed record CharNode(CharSet Set) : GrammarNode;

/// <summary>What another rule matches.</summary>
internal sealed record RuleNode(int Rule) : GrammarNode;

/// <summary>A token of the vocabulary by its id, or by the text that must be one token; or any token but it.</summary>
internal sealed record TokenNode(int Id, string? Text, bool Negated) : GrammarNode;
