using System.Text;
using Quipu.Engine.Grammars;

namespace Quipu.Engine.Tests.Grammars;

/// <summary>Random grammars judge random texts as the plainest matcher there is does: by the set of all places where a match may end.</summary>
public class RandomGrammarTests
{
    private const string Letters = "abcé😀";

    [Fact]
    public void A_text_is_accepted_where_the_plain_matcher_accepts_it()
    {
        int accepted = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var rules = Enumerable.Range(0, 4).Select(rule => Make(random, rule, 3)).ToArray();
            Grammar grammar;
            try
            {
                grammar = Grammar.ParseGbnf(string.Join('\n', rules.Select((rule, index) => $"{Name(index)} ::= {rule.Text}")));
            }
            catch (GrammarException)
            {
                continue; // an unbounded repetition of what may be empty
            }
            var matcher = new GrammarMatcher(grammar);
            for (int i = 0; i < 40; i++)
            {
                var runes = Enumerable.Range(0, random.Next(8)).Select(_ => Letters.EnumerateRunes().ElementAt(random.Next(4))).ToArray();
                bool expected = rules[0].Ends(rules, runes, 0).Contains(runes.Length);
                byte[] text = Encoding.UTF8.GetBytes(string.Concat(runes));
                matcher.Reset();
                bool actual = matcher.Read(text) == text.Length && matcher.IsComplete;
                Assert.True(expected == actual, $"seed {seed}: '{string.Concat(runes)}' by {string.Join("; ", rules.Select(rule => rule.Text))}");
                accepted += actual ? 1 : 0;
            }
        }
        Assert.True(accepted > 500, $"only {accepted} texts were accepted: the test shows nothing");
    }

    [Theory]
    [InlineData("root ::= [a-c]{0,3} \"é\" .{2,4} | root2\nroot2 ::= \"[\" (root (\",\" root)*)? \"]\"")]
    [InlineData("root ::= \"a\"+ (\"b\" | \"bb\")* \"😀\"?")]
    public void What_was_read_can_always_be_completed(string text)
    {
        var matcher = new GrammarMatcher(Grammar.ParseGbnf(text));
        var random = new Random(5);
        int completed = 0;
        for (int round = 0; round < 200; round++)
        {
            matcher.Reset();
            for (int step = 0; step < 60 && !(matcher.IsComplete && random.Next(3) == 0); step++)
            {
                byte[] next = Enumerable.Range(0, 256).Select(value => (byte)value).OrderBy(_ => random.Next()).ToArray();
                Assert.True(next.Any(value => matcher.Read([value]) == 1) || matcher.IsComplete);
            }
            completed += matcher.IsComplete ? 1 : 0;
        }
        Assert.True(completed > 0);
    }

    private static string Name(int rule) => rule == 0 ? "root" : $"r{rule}";

    /// <summary>A random piece of a rule; calls go to later rules, or stand behind a letter.</summary>
    private static Piece Make(Random random, int rule, int depth)
    {
        switch (depth == 0 ? random.Next(2) : random.Next(6))
        {
            case 0:
                var letter = Letters.EnumerateRunes().ElementAt(random.Next(4));
                return new Piece($"\"{letter}\"", (_, text, at) => at < text.Length && text[at] == letter ? [at + 1] : []);
            case 1:
                return new Piece("[^b]", (_, text, at) => at < text.Length && text[at] != new Rune('b') ? [at + 1] : []);
            case 2:
                var (first, second) = (Make(random, rule, depth - 1), Make(random, rule, depth - 1));
                return new Piece($"{first.Text} {second.Text}", (rules, text, at) => [.. first.Ends(rules, text, at).SelectMany(end => second.Ends(rules, text, end))]);
            case 3:
                var (one, other) = (Make(random, rule, depth - 1), Make(random, rule, depth - 1));
                return new Piece($"({one.Text} | {other.Text})", (rules, text, at) => [.. one.Ends(rules, text, at), .. other.Ends(rules, text, at)]);
            case 4:
                var item = Make(random, rule, depth - 1);
                int least = random.Next(3);
                int? most = random.Next(2) == 0 ? null : least + random.Next(3);
                return new Piece($"({item.Text}){{{least},{most}}}", (rules, text, at) => Repeated(item, least, most ?? 20, rules, text, at));
            default:
                int target = random.Next(rule, 4);
                string front = target == rule ? "a" : "";
                return new Piece($"\"{front}\" {Name(target)}".Replace("\"\" ", ""), (rules, text, at) =>
                    front.Length == 0 ? rules[target].Ends(rules, text, at)
                    : at < text.Length && text[at] == new Rune('a') ? rules[target].Ends(rules, text, at + 1) : []);
        }
    }

    private static HashSet<int> Repeated(Piece item, int least, int most, Piece[] rules, Rune[] text, int at)
    {
        HashSet<int> ends = [];
        HashSet<int> current = [at];
        for (int count = 0; count <= most && current.Count > 0; count++)
        {
            if (count >= least)
                ends.UnionWith(current);
            current = [.. current.SelectMany(place => item.Ends(rules, text, place))];
        }
        return ends;
    }

    private sealed record Piece(string Text, Func<Piece[], Rune[], int, HashSet<int>> Ends);
}
