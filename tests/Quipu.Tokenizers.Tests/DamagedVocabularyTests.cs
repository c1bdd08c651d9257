using CsCheck;
using Quipu.Gguf;

namespace Quipu.Tokenizers.Tests;

/// <summary>A vocabulary that is wrong ends in a <see cref="TokenizerException"/> that says what and where.</summary>
public class DamagedVocabularyTests
{
    private static VocabularyBuilder Spm() => VocabularyBuilder.SentencePiece("a", "b", "ab");

    private static VocabularyBuilder Bpe() => VocabularyBuilder.ByteLevel("gpt-2", ["a b", "ab c"]);

    [Fact]
    public void Whole_vocabularies_load()
    {
        Assert.Equal(262, Spm().Build().VocabularySize);
        Assert.Equal(258, Bpe().Build().VocabularySize);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("tokens")]
    [InlineData("scores")]
    public void Missing_keys_of_sentencepiece_are_named(string key) => Fails(Spm().Remove(key), key, "missing");

    [Theory]
    [InlineData("model")]
    [InlineData("tokens")]
    [InlineData("merges")]
    public void Missing_keys_of_byte_level_are_named(string key) => Fails(Bpe().Remove(key), key, "missing");

    [Fact]
    public void Other_models_are_named_with_what_is_supported() =>
        Fails(Spm().Set("model", GgufValue.From("bert")), "'bert'", "llama", "gpt2");

    [Fact]
    public void Other_pre_tokenizers_are_named_with_what_is_supported() =>
        Fails(Bpe().Set("pre", GgufValue.From("tekken")), "'tekken'", "llama-bpe", "qwen2", "smollm", "gpt-2", "default");

    [Fact]
    public void Arrays_of_the_wrong_length_are_errors()
    {
        Fails(Spm().Set("scores", GgufValue.FromArray<float>([1, 2])), "scores", "2", "262");
        Fails(Spm().Set("token_type", GgufValue.FromArray<int>([1])), "token_type", "1", "262");
        Fails(Bpe().Set("token_type", GgufValue.FromArray<int>(new int[259])), "token_type", "259", "258");
    }

    [Fact]
    public void Arrays_of_the_wrong_type_are_errors()
    {
        Fails(Spm().Set("tokens", GgufValue.FromArray<int>([1, 2])), "tokenizer.ggml.tokens");
        Fails(Bpe().Set("merges", GgufValue.From("a b")), "tokenizer.ggml.merges");
        Fails(Bpe().Set("add_bos_token", GgufValue.From("yes")), "tokenizer.ggml.add_bos_token");
    }

    [Theory]
    [InlineData("bos_token_id", 262)]
    [InlineData("eos_token_id", int.MaxValue)]
    [InlineData("eot_token_id", -2)]
    [InlineData("unknown_token_id", 1_000_000)]
    [InlineData("padding_token_id", 262)]
    [InlineData("fim_pad_token_id", 300)]
    public void Ids_beyond_the_vocabulary_are_errors(string key, int id) => Fails(Spm().Set(key, GgufValue.From(id)), key, $"{id}", "262");

    [Fact]
    public void Asking_for_a_token_that_is_not_named_is_an_error() =>
        Fails(Bpe().Set("add_bos_token", GgufValue.From(true)), "add_bos_token", "bos_token_id");

    [Fact]
    public void An_id_of_minus_one_is_none() => Assert.Null(Spm().Set("padding_token_id", GgufValue.From(uint.MaxValue)).Build().Pad);

    [Theory]
    [InlineData("a z0", "ends with a piece")]
    [InlineData("z0 a", "begins with a piece")]
    [InlineData("c b", "makes a piece")]
    [InlineData("ab", "not two pieces")]
    [InlineData("a ", "not two pieces")]
    [InlineData("", "not two pieces")]
    [InlineData(" a", "not two pieces")]
    public void Merges_of_unknown_pieces_are_errors(string merge, string problem) =>
        Fails(Bpe().Set("merges", GgufValue.From(["a b", merge])), "merge 1", problem);

    [Fact]
    public void Empty_and_repeated_pieces_are_errors()
    {
        Fails(Bpe().Set("tokens", GgufValue.From(["a", ""])).Remove("token_type"), "piece 1", "empty");
        Fails(Bpe().Set("tokens", GgufValue.From(["a", "b", "a"])).Remove("token_type"), "pieces 0 and 2", "'a'");
        Fails(Bpe().Set("tokens", GgufValue.From(Array.Empty<string>())).Remove("token_type"), "tokens", "empty");
    }

    [Fact]
    public void Special_tokens_without_end_are_errors()
    {
        (string, TokenKind)[] whole = [(new('a', 1024), TokenKind.Control), (new('b', 9999), TokenKind.Normal)];
        Assert.Equal(258, VocabularyBuilder.ByteLevel("gpt-2", [], whole).Build().VocabularySize);
        Fails(VocabularyBuilder.ByteLevel("gpt-2", [], (new('a', 1025), TokenKind.UserDefined)), "piece 256", "1025", "1024");
    }

    [Fact]
    public void A_byte_piece_that_is_no_byte_is_an_error()
    {
        var builder = new VocabularyBuilder()
            .Set("model", GgufValue.From("llama"))
            .Set("tokens", GgufValue.From(["<unk>", "<0xG0>"]))
            .Set("scores", GgufValue.FromArray<float>([0, 0]))
            .Set("token_type", GgufValue.FromArray<int>([2, 6]));
        Fails(builder, "piece 1", "<0xG0>", "<0xNN>");
    }

    [Fact]
    public void Messages_are_short_and_harmless_to_a_terminal()
    {
        var error = Assert.Throws<TokenizerException>(Bpe().Set("pre", GgufValue.From("\u001B[2J" + new string('x', 1_000_000))).Build);
        Assert.InRange(error.Message.Length, 100, 400);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Fails(Bpe().Set("merges", GgufValue.From(["\u0007"])), "'\\u0007'");
    }

    [Fact]
    public void A_score_that_is_no_number_is_an_error()
    {
        float[] scores = new float[262];
        scores[17] = float.NaN;
        Fails(Spm().Set("scores", GgufValue.FromArray<float>(scores)), "piece 17");
    }

    [Fact]
    public void A_vocabulary_without_byte_pieces_falls_back_to_unknown()
    {
        var tokenizer = new VocabularyBuilder()
            .Set("model", GgufValue.From("llama"))
            .Set("tokens", GgufValue.From(["<unk>", "a"]))
            .Set("scores", GgufValue.FromArray<float>([0, 0]))
            .Set("add_bos_token", GgufValue.From(false))
            .Set("add_space_prefix", GgufValue.From(false))
            .Build();
        Assert.Equal([1, 0, 0, 1], tokenizer.Encode("aöa", true, true));
    }

    [Fact]
    public void Ids_beyond_the_vocabulary_cannot_be_decoded()
    {
        var tokenizer = Spm().Build();
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([262]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Piece(-1));
    }

    [Fact]
    public void Random_damage_ends_in_an_error_or_a_tokenizer_that_works()
    {
        string[] keys =
        [
            "model", "pre", "tokens", "scores", "token_type", "merges", "bos_token_id", "eos_token_id", "add_bos_token", "add_space_prefix",
        ];
        Gen<GgufValue> value = Gen.OneOf(
            Gen.Int.Select(GgufValue.From),
            Gen.Int[-1, 300].Select(GgufValue.From),
            Gen.Bool.Select(GgufValue.From),
            Gen.OneOf("llama", "gpt2", "default", "").Select(GgufValue.From),
            Gen.String[0, 3].Array[0, 300].Select(strings => GgufValue.From(strings)),
            Gen.Int[0, 8].Array[255, 265].Select(numbers => GgufValue.FromArray<int>(numbers)),
            Gen.Single.Array[255, 265].Select(numbers => GgufValue.FromArray<float>(numbers)));
        Gen.Select(Gen.Bool, Gen.OneOf(keys), value, Gen.String).Sample(
            (spm, key, damage, text) =>
            {
                Tokenizer tokenizer;
                try
                {
                    tokenizer = (spm ? Spm() : Bpe()).Set(key, damage).Build();
                }
                catch (TokenizerException error)
                {
                    Assert.NotEmpty(error.Message);
                    return;
                }
                tokenizer.Decode(tokenizer.Encode(text, true, true), renderSpecial: true);
            },
            iter: 3000);
    }

    private static void Fails(VocabularyBuilder builder, params string[] words)
    {
        var error = Assert.Throws<TokenizerException>(builder.Build);
        foreach (string word in words)
            Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }
}
