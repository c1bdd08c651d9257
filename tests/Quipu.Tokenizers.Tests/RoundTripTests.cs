using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Quipu.Tokenizers.Tests;

/// <summary>Any text and any ids through the real vocabularies.</summary>
public class RoundTripTests
{
    private static readonly Gen<string> ValidText = Gen.OneOf(
        Gen.Int[0, 0x7F],
        Gen.OneOf(' ', '\n', '\'', 'a', 's', '7').Select(letter => (int)letter),
        Gen.Int[0x80, 0xD7FF],
        Gen.Int[0x1F300, 0x1F6FF]).Array[0, 40].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));

    public static TheoryData<string> Names => Vocabularies.Names;

    public static TheoryData<string> ByteLevelNames => Vocabularies.ByteLevelNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_bytes_never_fail(string name)
    {
        var tokenizer = Vocabularies.Get(name);
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Bool, Gen.Bool).Sample(
            (bytes, addSpecial, parseSpecial) =>
            {
                int[] ids = tokenizer.Encode(bytes, addSpecial, parseSpecial);
                Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
                tokenizer.Decode(ids, cleanSpaces: true);
                string lossy = Encoding.UTF8.GetString(bytes);
                tokenizer.Decode(tokenizer.Encode(lossy, addSpecial, parseSpecial), renderSpecial: true);
            },
            iter: 10_000, threads: 1);
    }

    [Theory]
    [MemberData(nameof(ByteLevelNames))]
    public void Byte_level_text_comes_back(string name)
    {
        var tokenizer = Vocabularies.Get(name);
        // Small vocabularies lack some bytes; texts with those cannot come back.
        bool[] known = new bool[256];
        byte[] letter = new byte[ByteAlphabet.MaximumLength];
        for (int value = 0; value < 256; value++)
        {
            int length = ByteAlphabet.Write([(byte)value], letter);
            known[value] = tokenizer.FindToken(Encoding.UTF8.GetString(letter.AsSpan(0, length))) is not null;
        }
        int compared = 0;
        ValidText.Sample(
            text =>
            {
                if (Encoding.UTF8.GetBytes(text).Any(value => !known[value]))
                    return;
                compared++;
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecial: false, parseSpecial: false)));
                int[] ids = tokenizer.Encode(text, addSpecial: true, parseSpecial: true);
                Assert.Equal(text, tokenizer.Decode(ids.AsSpan(tokenizer.AddBos ? 1 : 0), renderSpecial: true));
            },
            iter: 2000, threads: 1);
        Assert.InRange(compared, 200, 2000);
    }

    [Theory]
    [InlineData("gemma3")]
    [InlineData("llama-spm")]
    public void Sentencepiece_text_comes_back_but_for_its_own_blank(string name)
    {
        var tokenizer = Vocabularies.Get(name);
        ValidText.Sample(
            text => Assert.Equal(text.Replace('▁', ' '), tokenizer.Decode(tokenizer.Encode(text, addSpecial: true, parseSpecial: false))),
            iter: 2000, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Streamed_text_is_the_decoded_text(string name)
    {
        var tokenizer = Vocabularies.Get(name);
        // Ids below 600 are the single bytes and the special tokens of most vocabularies.
        var id = Gen.OneOf(Gen.Int[0, tokenizer.VocabularySize - 1], Gen.Int[0, 600]);
        Gen.Select(id.Array[0, 40], Gen.Bool).Sample(
            (ids, renderSpecial) =>
            {
                var stream = new StreamingDetokenizer(tokenizer, renderSpecial, fromStart: true);
                var text = new StringBuilder();
                foreach (int token in ids)
                {
                    string piece = stream.Append(token);
                    Assert.False(piece.Length > 0 && char.IsHighSurrogate(piece[^1]));
                    text.Append(piece);
                }
                text.Append(stream.Flush());
                Assert.Equal(tokenizer.Decode(ids, renderSpecial), text.ToString());
            },
            iter: 2000, threads: 1);
    }

    [Fact]
    public void A_character_over_several_tokens_is_held_back_until_it_is_whole()
    {
        var tokenizer = VocabularyBuilder.SentencePiece().Build();
        int[] smile = [.. "😀"u8.ToArray().Select(value => value + 3)];
        var stream = new StreamingDetokenizer(tokenizer);
        Assert.Equal(["", "", "", "😀"], smile.Select(stream.Append));
        Assert.Equal("", stream.Flush());
        Assert.Equal(["", ""], smile.Take(2).Select(stream.Append));
        Assert.Equal("\uFFFDa", stream.Append('a' + 3));
        Assert.Equal("", stream.Append(smile[0]));
        Assert.Equal("\uFFFD", stream.Flush());
    }

    [Fact]
    public void An_answer_keeps_its_first_blank_and_a_whole_text_does_not()
    {
        var tokenizer = VocabularyBuilder.SentencePiece("▁a").Build();
        Assert.Equal(" a", new StreamingDetokenizer(tokenizer).Append(259));
        Assert.Equal("a", new StreamingDetokenizer(tokenizer, fromStart: true).Append(259));
    }

    [Theory]
    [InlineData("a , b . c", "a, b. c")]
    [InlineData("it 's ' quoted '", "it's'quoted '")]
    [InlineData("we 're you 've i 'm he 'll", "we're you've i'm he 'll")]
    [InlineData(" ?", "?")]
    [InlineData("x  !", "x !")]
    [InlineData("", "")]
    public void Spaces_are_cleaned_on_request_only(string text, string cleaned)
    {
        var tokenizer = VocabularyBuilder.ByteLevel("gpt-2", []).Build();
        int[] ids = tokenizer.Encode(text, false, false);
        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.Equal(cleaned, tokenizer.Decode(ids, cleanSpaces: true));
        Assert.Equal(text, VocabularyBuilder.ByteLevel("qwen2", []).Build().Decode(ids, cleanSpaces: true));
    }

    /// <summary>A quadratic step would take minutes; the bound leaves room for a busy machine and an unoptimized build.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Long_monotonous_texts_take_linear_time(string name)
    {
        var tokenizer = Vocabularies.Get(name);
        const int length = 128 * 1024;
        string[] texts =
        [
            new('a', length), new(' ', length), new('\n', length), new('7', length), new('<', length), new('\'', length),
            string.Concat(Enumerable.Repeat("😀", length / 4)), string.Concat(Enumerable.Repeat("<unused1> \n", length / 11)),
        ];
        var clock = Stopwatch.StartNew();
        foreach (string text in texts)
            Assert.NotEmpty(tokenizer.Encode(text, addSpecial: true, parseSpecial: true));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }
}
