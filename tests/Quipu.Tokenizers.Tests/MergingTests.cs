using System.Text;
using CsCheck;

namespace Quipu.Tokenizers.Tests;

/// <summary>The queue-driven merging against the definition: look at all neighbours, join the best pair, begin again.</summary>
public class MergingTests
{
    private static readonly Gen<string> Letters = Gen.OneOf('a', 'b', 'c').Array[1, 24].Select(chars => new string(chars));

    [Fact]
    public void Byte_level_merges_are_made_in_the_order_of_the_list()
    {
        // Each pair joins two pieces that are there already, so that deep trees arise.
        Gen.Select(Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99]).Array[1, 12], Letters).Sample(
            (choices, text) =>
            {
                List<string> pieces = ["a", "b", "c"];
                List<(string, string)> merges = [];
                foreach (var (first, second) in choices)
                {
                    string left = pieces[first % pieces.Count];
                    string right = pieces[second % pieces.Count];
                    merges.Add((left, right));
                    if (!pieces.Contains(left + right))
                        pieces.Add(left + right);
                }
                var tokenizer = VocabularyBuilder.ByteLevel("gpt-2", [.. merges.Select(merge => $"{merge.Item1} {merge.Item2}")]).Build();
                var expected = Join(text, (left, right) => merges.IndexOf((left, right)) is >= 0 and int rank ? rank : null);
                Assert.Equal(expected, tokenizer.Encode(text, false, false).Select(tokenizer.Piece));
            },
            iter: 2000);
    }

    [Fact]
    public void Sentencepiece_joins_the_best_score_first_and_the_leftmost_of_equals()
    {
        Gen.Select(Letters.Where(piece => piece.Length is > 1 and < 8).HashSet[1, 12], Gen.Int[-2, 2].Array[12], Letters).Sample(
            (set, scores, text) =>
            {
                string[] pieces = ["a", "b", "c", .. set];
                float[] all = [.. new float[259 + 3], .. set.Select((_, i) => scores[i] * 0.5f)];
                var tokenizer = VocabularyBuilder.SentencePiece(pieces)
                    .Set("scores", Gguf.GgufValue.FromArray<float>(all))
                    .Set("add_space_prefix", Gguf.GgufValue.From(false))
                    .Build();
                var expected = Join(text, (left, right) => tokenizer.FindToken(left + right) is { } id ? -all[id] : null);
                Assert.Equal(expected, tokenizer.Encode(text, false, false).Select(tokenizer.Piece));
            },
            iter: 2000);
    }

    [Fact]
    public void Cutting_before_blanks_changes_nothing()
    {
        // A blank stands within pieces behind another blank and behind b, never behind a.
        string[] pieces = ["▁", "a", "b", "▁a", "▁▁", "ab", "▁ab", "▁▁a", "ba", "b▁", "ab▁", "▁▁▁"];
        var tokenizer = VocabularyBuilder.SentencePiece(pieces).Build();
        Gen.OneOf('a', 'b', ' ', '▁').Array[1, 40].Select(chars => new string(chars)).Sample(
            text =>
            {
                var expected = Join("▁" + text.Replace(' ', '▁'), (left, right) => tokenizer.FindToken(left + right));
                Assert.Equal(expected, tokenizer.Encode(text, false, false).Select(tokenizer.Piece));
            },
            iter: 2000);
    }

    [Fact]
    public void A_character_without_a_piece_becomes_its_bytes()
    {
        var tokenizer = VocabularyBuilder.SentencePiece("▁", "a").Build();
        Assert.Equal(["▁", "a", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>"], tokenizer.Encode("a😀", false, false).Select(tokenizer.Piece));
        Assert.Equal("a😀", tokenizer.Decode(tokenizer.Encode("a😀", false, false)));
    }

    [Fact]
    public void Llama_takes_a_word_that_is_a_piece_whatever_the_merges_say()
    {
        (string, TokenKind)[] word = [("abc", TokenKind.Normal), ("Ġab", TokenKind.Normal)];
        Assert.Equal(["abc", "Ġab"], Pieces("llama3"));
        Assert.Equal(["a", "b", "c", "Ġ", "a", "b"], Pieces("qwen2"));

        IEnumerable<string> Pieces(string pre)
        {
            var tokenizer = VocabularyBuilder.ByteLevel(pre, [], word).Set("add_bos_token", Gguf.GgufValue.From(false)).Build();
            return tokenizer.Encode("abc ab", true, false).Select(tokenizer.Piece);
        }
    }

    [Fact]
    public void The_byte_alphabet_writes_and_reads_every_byte()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        byte[] written = new byte[512];
        int length = ByteAlphabet.Write(all, written);
        Assert.Equal(all, ByteAlphabet.Read(written.AsSpan(0, length)));
        Assert.Equal("ĠĊĀŃ", Encoding.UTF8.GetString(written.AsSpan(0, ByteAlphabet.Write(" \n\0\u00AD"u8[..3], written))) + "Ń");
        Assert.Equal("x→", Encoding.UTF8.GetString(ByteAlphabet.Read("x→"u8)));
    }

    private static List<string> Join(string text, Func<string, string, double?> order)
    {
        List<string> parts = [.. text.Select(letter => letter.ToString())];
        while (true)
        {
            int best = -1;
            double least = double.PositiveInfinity;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (order(parts[i], parts[i + 1]) is not { } value || value >= least)
                    continue;
                least = value;
                best = i;
            }
            if (best < 0)
                return parts;
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
