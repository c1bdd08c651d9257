using System.Numerics;
using Quipu.Engine.Grammars;
using Quipu.Engine.Sampling;
using Quipu.Gguf;
using Quipu.Testing;
using Quipu.Tokenizers;

namespace Quipu.Engine.Tests.Grammars;

/// <summary>Masks over a whole vocabulary equal what each token says for itself.</summary>
public sealed class TokenMaskTests : IDisposable
{
    private const string Json = """
        root   ::= value
        value  ::= object | array | string | number | "true" | "false" | "null"
        object ::= "{" ws (pair ("," ws pair)*)? "}"
        pair   ::= string ":" ws value ws
        array  ::= "[" ws (value ws ("," ws value ws)*)? "]"
        string ::= "\"" ([^"\\\x00-\x1f] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
        number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
        ws     ::= [ \t\n\r]*
        """;

    private readonly GgufFile _file = GgufFile.Open(TestPaths.BundledModel);

    private Tokenizer Tokenizer => field ??= Tokenizer.FromGguf(_file.Metadata);

    public static TheoryData<string, string> Texts => new()
    {
        { Json, """{"name": ["é日本😀", -12.5e3, {"a": {"b": [[], null]}}], "x":1}""" },
        { """root ::= "(" [^()]{0,60} ")" ([a-z]{3,5} ","){2,40}""", "(some text of any kind, 日本)abc,defg,hijkl," },
        { "root ::= (one | two)* \"!\"\none ::= \"x\"\ntwo ::= \"xx\"", "xxxxxx!" },
        { "root ::= item+\nitem ::= word \" \"\nword ::= [a-zA-Z]+", "Hello some words " },
        { "root ::= \"a\" root \"b\" | \"c\"", "aaacbbb" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_mask_is_what_every_token_says_for_itself(string grammar, string text)
    {
        var constraint = new TokenConstraint(Grammar.ParseGbnf(grammar), [], Tokenizer);
        foreach (int token in Tokenizer.Encode(text, addSpecial: false, parseSpecial: false))
        {
            AssertMask(constraint);
            Assert.True(constraint.Allows(token), $"token {token} of '{text}'");
            constraint.Accept(token);
        }
        AssertMask(constraint);
        Assert.True(constraint.MayEnd);
    }

    [Fact]
    public void Masks_of_named_tokens_are_what_every_token_says_for_itself()
    {
        int end = Tokenizer.Encode("<|im_end|>", addSpecial: false, parseSpecial: true).Single();
        var constraint = new TokenConstraint(Grammar.ParseGbnf($"root ::= <[5]> (!<[6]>)* <[6]> [a-z]+ | \"x\" <|im_start|>"), [], Tokenizer);
        foreach (int token in new[] { 5, 900, 901, 6 })
        {
            AssertMask(constraint);
            Assert.True(constraint.Allows(token));
            constraint.Accept(token);
        }
        AssertMask(constraint);
        Assert.False(constraint.Allows(end));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_is_sampled_matches(float temperature)
    {
        var grammar = Grammar.FromJsonSchema("""{"type":"object","properties":{"a":{"type":"integer","minimum":3,"maximum":250},"b":{"enum":["x","yy"]},"c":{"type":"string","maxLength":9}},"required":["a","b","c"]}""");
        for (uint seed = 1; seed <= 10; seed++)
        {
            var chain = SamplerChain.Create(new SamplingOptions { Grammar = grammar, Temperature = temperature, Seed = seed }, Tokenizer, 512);
            var random = new Random((int)seed);
            List<int> tokens = [];
            for (int i = 0; i < 400; i++)
            {
                float[] logits = [.. Enumerable.Range(0, Tokenizer.VocabularySize).Select(_ => random.NextSingle() * 10)];
                int token = chain.Sample(logits);
                if (Tokenizer.EndOfGeneration.Contains(token))
                    break;
                chain.Accept(token);
                tokens.Add(token);
            }
            string text = Tokenizer.Decode(tokens.ToArray());
            var matcher = new GrammarMatcher(grammar);
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            Assert.Equal(bytes.Length, matcher.Read(bytes));
            Assert.True(matcher.IsComplete, text);
        }
    }

    [Fact]
    public void A_lazy_grammar_holds_after_its_trigger()
    {
        var constraint = new TokenConstraint(Grammar.ParseGbnf("root ::= [0-9]+"), [GrammarTrigger.AfterText("call:")], Tokenizer);
        foreach (int token in Tokenizer.Encode("I will call: you, no, call", addSpecial: false, parseSpecial: false).SkipLast(1))
            if (!constraint.Holds)
                constraint.Accept(token);
        Assert.True(constraint.Holds);
        Assert.True(constraint.Allows(Tokenizer.Encode("1", false, false)[^1]));
        Assert.False(constraint.Allows(Tokenizer.Encode("a", false, false)[^1]));
        Assert.False(constraint.MayEnd);
    }

    public void Dispose() => _file.Dispose();

    private void AssertMask(TokenConstraint constraint)
    {
        ulong[] mask = constraint.Mask().ToArray();
        Assert.True(mask.Sum(word => BitOperations.PopCount(word)) > 0);
        for (int token = 0; token < Tokenizer.VocabularySize; token++)
        {
            bool allowed = (mask[token >> 6] & (1UL << (token & 63))) != 0;
            if (constraint.Allows(token) != allowed)
                Assert.Fail($"token {token} '{Tokenizer.Piece(token)}' is {(allowed ? "in" : "not in")} the mask, but should be the other way");
        }
    }
}
