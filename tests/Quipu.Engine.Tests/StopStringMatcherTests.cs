using System.Collections.Immutable;
using System.Text;
using CsCheck;

namespace Quipu.Engine.Tests;

public sealed class StopStringMatcherTests
{
    private static readonly Gen<string> Word = Gen.Char["ab"].Array[1, 5].Select(letters => new string(letters));
    private static readonly Gen<string[]> Stops = Word.Array[0, 4];
    private static readonly Gen<string[]> Pieces = Gen.Char["abc"].Array[0, 4].Select(letters => new string(letters)).Array[0, 12];

    [Fact]
    public void Text_is_cut_where_a_search_of_the_whole_text_cuts() =>
        Gen.Select(Stops, Pieces).Sample((stops, pieces) =>
        {
            string text = string.Concat(pieces);
            string expected = Search(text, stops);
            (string actual, bool stopped) = Run(stops, pieces);
            Assert.Equal(expected, actual);
            Assert.Equal(stops.Any(stop => text.Contains(stop, StringComparison.Ordinal)), stopped);
        }, iter: 3000);

    [Fact]
    public void No_more_is_withheld_than_the_beginning_of_a_stop_string() =>
        Gen.Select(Stops, Pieces).Sample((stops, pieces) =>
        {
            var matcher = new StopStringMatcher([.. stops]);
            var seen = new StringBuilder();
            var emitted = new StringBuilder();
            foreach (string piece in pieces)
            {
                seen.Append(piece);
                emitted.Append(matcher.Append(piece, out bool stopped));
                if (stopped)
                    return;
                string text = seen.ToString();
                int withheld = Enumerable.Range(0, text.Length + 1).First(start =>
                    start == text.Length || stops.Any(stop => stop.StartsWith(text[start..], StringComparison.Ordinal)));
                Assert.Equal(text[..withheld], emitted.ToString());
            }
        }, iter: 3000);

    [Theory]
    [InlineData("User:", "Hello|\nUs|er: bye", "Hello\n", true)]
    [InlineData("User:", "Hello|\nUs|e|d", "Hello\nUsed", false)]
    [InlineData("aab", "a|a|a|a|b", "aa", true)]
    [InlineData("🙂 stop", "ok 🙂| st|op now", "ok ", true)]
    [InlineData("🙂x", "ok 🙃", "ok 🙃", false)]
    public void Pieces_may_be_cut_anywhere(string stop, string pieces, string expected, bool stops) =>
        Assert.Equal((expected, stops), Run([stop], pieces.Split('|')));

    [Fact]
    public void The_match_that_is_complete_first_counts_and_of_those_the_longest()
    {
        Assert.Equal(("xa", true), Run(["abcd", "bc"], ["xabcd"]));
        Assert.Equal(("x", true), Run(["bc", "abc"], ["xabcd"]));
    }

    [Fact]
    public void After_the_stop_nothing_comes()
    {
        var matcher = new StopStringMatcher(["."]);
        Assert.Equal("one", matcher.Append("one. two", out bool stopped));
        Assert.True(stopped);
        Assert.Equal("", matcher.Append(" three", out stopped));
        Assert.True(stopped);
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Flush_gives_what_was_withheld()
    {
        var matcher = new StopStringMatcher(["<end>"]);
        Assert.Equal("a", matcher.Append("a<en", out bool stopped));
        Assert.False(stopped);
        Assert.Equal("<en", matcher.Flush());
        Assert.Equal("", matcher.Flush());
        Assert.Equal("d>", matcher.Append("d>", out stopped));
        Assert.False(stopped);
    }

    [Fact]
    public void Without_stop_strings_all_passes()
    {
        var matcher = new StopStringMatcher([]);
        Assert.Equal("abc", matcher.Append("abc", out bool stopped));
        Assert.False(stopped);
    }

    [Fact]
    public void An_empty_stop_string_is_refused() => Assert.Throws<ArgumentException>(() => new StopStringMatcher(["a", ""]));

    [Fact]
    public void Work_is_linear_in_text_and_stop_strings()
    {
        // By trying every stop string at every place this would be 10^11 comparisons.
        ImmutableArray<string> stops = [.. Enumerable.Range(0, 1000).Select(i => new string('a', 200) + (char)('b' + i))];
        var matcher = new StopStringMatcher(stops);
        string text = new('a', 500_000);
        string emitted = matcher.Append(text, out bool stopped) + matcher.Flush();
        Assert.False(stopped);
        Assert.Equal(text.Length, emitted.Length);
    }

    // The shortest beginning of the text that has a stop string, without the longest one that ends it.
    private static string Search(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            int longest = stops.Where(stop => text.AsSpan(0, end).EndsWith(stop)).Select(stop => stop.Length).DefaultIfEmpty(0).Max();
            if (longest > 0)
                return text[..(end - longest)];
        }
        return text;
    }

    private static (string Text, bool Stopped) Run(string[] stops, string[] pieces)
    {
        var matcher = new StopStringMatcher([.. stops]);
        var text = new StringBuilder();
        bool stopped = false;
        foreach (string piece in pieces)
            text.Append(matcher.Append(piece, out stopped));
        return (text.Append(matcher.Flush()).ToString(), stopped);
    }
}
