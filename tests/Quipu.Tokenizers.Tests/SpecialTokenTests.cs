using System.Text;
using CsCheck;
using Quipu.Gguf;

namespace Quipu.Tokenizers.Tests;

/// <summary>Special tokens in text: which are found, in which order, and what surrounds them.</summary>
public class SpecialTokenTests
{
    private static readonly (string, TokenKind)[] Marks =
    [
        ("<|a|>", TokenKind.Control), ("<|a|>b", TokenKind.Control), ("<user>", TokenKind.UserDefined), ("<unk>", TokenKind.Unknown),
    ];

    private readonly Tokenizer _tokenizer = VocabularyBuilder.ByteLevel("gpt-2", [], Marks).Build();

    [Fact]
    public void Control_tokens_are_text_unless_parsing_is_on()
    {
        int control = _tokenizer.FindToken("<|a|>")!.Value;
        int unknown = _tokenizer.FindToken("<unk>")!.Value;
        Assert.Equal([control, unknown], _tokenizer.Encode("<|a|><unk>", addSpecial: false, parseSpecial: true));
        int[] plain = _tokenizer.Encode("<|a|><unk>", addSpecial: false, parseSpecial: false);
        Assert.Equal(10, plain.Length);
        Assert.All(plain, id => Assert.Equal(TokenKind.Normal, _tokenizer.Kind(id)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void User_defined_tokens_are_always_found(bool parseSpecial) =>
        Assert.Equal([_tokenizer.FindToken("<user>")!.Value], _tokenizer.Encode("<user>", addSpecial: false, parseSpecial));

    [Fact]
    public void The_longest_token_wins() => Assert.Equal([_tokenizer.FindToken("<|a|>b")!.Value], _tokenizer.Encode("<|a|>b", false, true));

    [Fact]
    public void Control_tokens_are_printed_on_request_only()
    {
        int[] ids = _tokenizer.Encode("x<|a|>y<user>", false, true);
        Assert.Equal("xy<user>", _tokenizer.Decode(ids));
        Assert.Equal("x<|a|>y<user>", _tokenizer.Decode(ids, renderSpecial: true));
    }

    [Fact]
    public void A_blank_is_put_before_text_at_the_start_and_after_special_tokens()
    {
        var tokenizer = VocabularyBuilder.SentencePiece("▁", "▁a", "a").Build();
        int a = tokenizer.FindToken("▁a")!.Value;
        Assert.Equal([1, a, 2, a], tokenizer.Encode("a</s>a", addSpecial: true, parseSpecial: true));
        Assert.Equal("a", tokenizer.Decode([1, a]));
        Assert.Equal(" a", tokenizer.Decode([a, a])[1..]);
        Assert.Empty(tokenizer.Encode("", addSpecial: false, parseSpecial: true));
        Assert.Equal([1], tokenizer.Encode("", addSpecial: true, parseSpecial: true));
    }

    [Fact]
    public void Without_a_space_prefix_text_stays_as_it_is()
    {
        var tokenizer = VocabularyBuilder.SentencePiece("▁", "▁a", "a").Set("add_space_prefix", GgufValue.From(false)).Build();
        int[] ids = [tokenizer.FindToken("a")!.Value, tokenizer.FindToken("▁a")!.Value];
        Assert.Equal(ids, tokenizer.Encode("a a", addSpecial: false, parseSpecial: false));
        Assert.Equal("a a", tokenizer.Decode(ids));
        Assert.Equal(" a", tokenizer.Decode(ids.AsSpan(1)));
    }

    [Fact]
    public void Eos_is_added_where_the_vocabulary_asks()
    {
        var tokenizer = VocabularyBuilder.SentencePiece("▁a").Set("add_eos_token", GgufValue.From(true)).Build();
        Assert.Equal([1, 259, 2], tokenizer.Encode("a", addSpecial: true, parseSpecial: false));
        Assert.Equal([259], tokenizer.Encode("a", addSpecial: false, parseSpecial: false));
    }

    [Fact]
    public void Phi_3_swallows_white_space_behind_special_tokens()
    {
        var builder = VocabularyBuilder.ByteLevel("gpt-2", [], ("<|end|>", TokenKind.Control), ("<|endoftext|>", TokenKind.Control));
        var tokenizer = builder.Set("general.name", GgufValue.From("Phi-3 mini")).Build();
        Assert.Equal("<|end|>a <|endoftext|> b", ThereAndBack("<|end|> \n\ta <|endoftext|> b"));
        Assert.Equal("<|end|>", ThereAndBack("<|end|>  "));

        string ThereAndBack(string text) => tokenizer.Decode(tokenizer.Encode(text, false, true), renderSpecial: true);
    }

    [Fact]
    public void The_end_of_generation_is_known_by_id_and_by_text()
    {
        (string, TokenKind)[] marks =
        [
            ("<|im_end|>", TokenKind.Normal), ("<|eot_id|>", TokenKind.Control), ("<reponame>", TokenKind.Control),
            ("<stop>", TokenKind.Control), ("<|message|>", TokenKind.Control), ("</s>", TokenKind.Normal),
            ("<|tool_response>", TokenKind.Control),
        ];
        var builder = VocabularyBuilder.ByteLevel("gpt-2", [], marks);
        var tokenizer = builder.Set("eos_token_id", GgufValue.From(259)).Build();
        Assert.Equal([256, 257, 258, 259, 262], tokenizer.EndOfGeneration.Order());
        Assert.Equal("<|eot_id|>", tokenizer.Piece(tokenizer.Eot!.Value));
        Assert.Equal(TokenKind.Control, tokenizer.Kind(256));
        Assert.Equal(TokenKind.UserDefined, tokenizer.Kind(260));
        Assert.Equal(TokenKind.Normal, tokenizer.Kind(261));
    }

    [Fact]
    public void Partitions_are_those_of_the_plain_method()
    {
        // Tokens over two letters overlap in every way.
        var pieces = Gen.OneOf('a', 'b').Array[1, 5].Select(chars => new string(chars)).HashSet[1, 6];
        Gen.Select(pieces, Gen.OneOf('a', 'b', 'c').Array[0, 30], (set, chars) => (Pieces: set.ToArray(), Text: new string(chars))).Sample(
            input => AssertPartition(input.Pieces, input.Text), iter: 5000);
    }

    [Fact]
    public void Overlapping_runs_are_taken_longest_first() =>
        AssertPartition(["n", "nn", "nnn", "nnnnn", "mn", "nm", "mmmm"], "nnnnnnnnmmmmnnnnnnnnnmmnm");

    /// <summary>Looks for every token, the longest first, in all the text that is left, and compares.</summary>
    private static void AssertPartition(string[] pieces, string text)
    {
        var tokenizer = VocabularyBuilder.SentencePiece([]).Build();
        string[] all = [.. Enumerable.Range(0, 259).Select(tokenizer.Piece), .. pieces];
        int[] kinds = [.. Enumerable.Repeat((int)TokenKind.Normal, 259), .. pieces.Select(_ => (int)TokenKind.UserDefined)];
        var table = new PieceTable(GgufStringArray.From(all));
        TokenKind[] allKinds = [.. kinds.Select(kind => (TokenKind)kind)];
        var vocabulary = new Vocabulary(GgufStringArray.From(all), allKinds, table) { EndOfGeneration = [] };

        string?[] owner = new string?[text.Length];
        bool[] first = new bool[text.Length];
        foreach (var group in pieces.GroupBy(piece => piece.Length).OrderByDescending(group => group.Key))
        {
            for (int position = 0; position + group.Key <= text.Length; position++)
            {
                string here = text.Substring(position, group.Key);
                if (!group.Contains(here) || owner.AsSpan(position, group.Key).ContainsAnyExcept((string?)null))
                    continue;
                owner.AsSpan(position, group.Key).Fill(here);
                first[position] = true;
            }
        }
        List<string> expected = [];
        for (int position = 0; position < text.Length; position++)
        {
            if (first[position])
                expected.Add("*" + owner[position]);
            else if (owner[position] is null && position > 0 && owner[position - 1] is null)
                expected[^1] += text[position];
            else if (owner[position] is null)
                expected.Add($"{text[position]}");
        }
        if (text.Length == 0)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var actual = new SpecialTokenMatcher(vocabulary, parseSpecial: true).Partition(bytes)
            .Select(part => string.Concat(part.Token >= 0 ? "*" : "", text.AsSpan(part.Start, part.Length)));
        Assert.Equal(expected, actual);
    }
}
