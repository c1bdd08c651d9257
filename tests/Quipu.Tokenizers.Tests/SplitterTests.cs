using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Quipu.Tokenizers.PreTokenizers;

namespace Quipu.Tokenizers.Tests;

/// <summary>The hand-written splitters against the regular expressions that they stand for, and on what those cannot do.</summary>
public partial class SplitterTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama =
        @"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|" +
        @"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Text of the basic plane, where .NET's expressions and code points agree, dense in what the rules tell apart.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        'a', 'b', 'S', 's', 'L', 'l', 'e', 'r', 'v', 't', 'm', 'd', ' ', ' ', ' ', '\n', '\r', '\t', '\u00A0',
        '\u3000', '\u0085', '\'', '\'', '.', ',', '!', '-',
        '$', '+', '`', '^', '0', '1', '7', '٣', '½', '²', 'é', 'ß', 'Ж', '你', 'ง', '\u0301',
        '\u200D', '€', '“', '\u2028', '\0').Array[0, 40].Select(chars => new string(chars));

    [GeneratedRegex(Gpt2)]
    private static partial Regex Gpt2Regex();

    [GeneratedRegex(Llama)]
    private static partial Regex LlamaRegex();

    [GeneratedRegex(@"[\p{P}\$\+<=>\^~\|]+")]
    private static partial Regex PunctuationRegex();

    [GeneratedRegex(@"\p{N}+")]
    private static partial Regex NumbersRegex();

    [GeneratedRegex("[0-9][0-9][0-9]")]
    private static partial Regex ThreeDigitsRegex();

    [GeneratedRegex(@"\p{N}")]
    private static partial Regex NumberRegex();

    [Fact]
    public void Gpt2_is_its_expression() => Agree(new Gpt2Splitter(), Gpt2Regex());

    [Fact]
    public void Llama_is_its_expression() => Agree(new LlamaSplitter(digits: 3), LlamaRegex());

    [Fact]
    public void SmolLm_is_its_expressions() => Agree(new SmolLmSplitter(), NumberRegex(), Gpt2Regex());

    [Fact]
    public void Default_is_its_expressions() =>
        Agree(new DefaultSplitter(), PunctuationRegex(), Gpt2Regex(), NumbersRegex(), ThreeDigitsRegex());

    [Theory]
    [InlineData("𝐇𝐞𝐥𝐥𝐨 𝟏𝟐𝟑𝟒", "𝐇𝐞𝐥𝐥𝐨", " ", "𝟏𝟐𝟑", "𝟒")]
    [InlineData("a😀😀\n\nb", "a", "😀😀\n\n", "b")]
    [InlineData("😀a", "😀a")]
    public void Letters_and_digits_beyond_the_basic_plane_have_their_class(string text, params string[] words) =>
        Assert.Equal(words, Split(new LlamaSplitter(digits: 3), text));

    [Fact]
    public void Qwen_takes_digits_one_by_one() => Assert.Equal(["a", "1", "2", "3", " b"], Split(new LlamaSplitter(digits: 1), "a123 b"));

    [Fact]
    public void Any_bytes_are_covered_by_words()
    {
        WordSplitter[] splitters = [new Gpt2Splitter(), new LlamaSplitter(3), new SmolLmSplitter(), new DefaultSplitter()];
        Gen.Byte.Array[0, 60].Sample(
            bytes =>
            {
                foreach (var splitter in splitters)
                {
                    List<int> ends = [];
                    splitter.Split(bytes, 0, ends);
                    Assert.Equal(ends.Distinct().Order(), ends);
                    Assert.Equal(bytes.Length, ends.LastOrDefault());
                    Assert.DoesNotContain(0, ends);
                }
            },
            iter: 2000);
    }

    private static void Agree(WordSplitter splitter, params Regex[] steps) =>
        Text.Sample(text => Assert.Equal(Split(steps, text), Split(splitter, text)), iter: 10_000);

    private static List<string> Split(WordSplitter splitter, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        List<int> ends = [];
        // The offset must only shift the ends.
        splitter.Split(bytes, 7, ends);
        List<string> words = [];
        int start = 0;
        foreach (int end in ends)
        {
            words.Add(Encoding.UTF8.GetString(bytes.AsSpan(start, end - 7 - start)));
            start = end - 7;
        }
        return words;
    }

    /// <summary>Each expression splits what the one before left into its matches and what lies between them.</summary>
    private static List<string> Split(Regex[] steps, string text)
    {
        List<string> parts = text.Length == 0 ? [] : [text];
        foreach (var step in steps)
        {
            List<string> finer = [];
            foreach (string part in parts)
            {
                int start = 0;
                foreach (Match match in step.Matches(part))
                {
                    if (match.Index > start)
                        finer.Add(part[start..match.Index]);
                    finer.Add(match.Value);
                    start = match.Index + match.Length;
                }
                if (start < part.Length)
                    finer.Add(part[start..]);
            }
            parts = finer;
        }
        return parts;
    }
}
