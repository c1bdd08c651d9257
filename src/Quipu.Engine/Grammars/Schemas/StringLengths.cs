using Quipu.Engine.Grammars.Syntax;

namespace Quipu.Engine.Grammars.Schemas;

/// <summary>Lengths beside a pattern or a format: possible where the pattern implies them.</summary>
internal static class StringLengths
{
    /// <summary>The content, if all its texts have a length within the bounds; no text, if none has.</summary>
    /// <exception cref="GrammarException">Some have and some have not.</exception>
    public static GrammarNode Limit(GrammarNode content, int least, int? most, string path)
    {
        var (shortest, longest) = Measure(content);
        if (shortest >= least && (most is null || longest <= most))
            return content;
        if (shortest > (most ?? double.PositiveInfinity) || longest < least)
            return GrammarNode.Never;
        throw new GrammarException(
            $"{path}: a pattern cannot be combined with 'minLength' and 'maxLength' that it does not imply. "
            + "Write the lengths into the pattern, as in ^[a-z]{3,8}$.");
    }

    // Escapes are spelled in several code points, but are one character: a literal of an escape counts as one.
    private static (double Shortest, double Longest) Measure(GrammarNode node)
    {
        switch (node)
        {
            case SequenceNode sequence:
                var parts = sequence.Items.Select(Measure).ToList();
                return (parts.Sum(part => part.Shortest), parts.Sum(part => part.Longest));
            case ChoiceNode choice:
                var ways = choice.Items.Select(Measure).ToList();
                return ways.Count == 0 ? (double.PositiveInfinity, 0) : (ways.Min(way => way.Shortest), ways.Max(way => way.Longest));
            case RepeatNode repeat:
                var (shortest, longest) = Measure(repeat.Item);
                double most = longest == 0 ? 0 : longest * (repeat.Most ?? double.PositiveInfinity);
                return (shortest * repeat.Least, repeat.Most == 0 ? 0 : most);
            case LiteralNode literal:
                int length = literal.CodePoints is ['\\', ..] ? 1 : literal.CodePoints.Length;
                return (length, length);
            default:
                return (1, 1);
        }
    }
}
