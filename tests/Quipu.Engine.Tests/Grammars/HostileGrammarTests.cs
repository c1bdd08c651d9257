using System.Text;
using Quipu.Engine.Grammars;

namespace Quipu.Engine.Tests.Grammars;

/// <summary>Grammars, schemas and texts that want to cost more than they may.</summary>
public class HostileGrammarTests
{
    [Theory]
    [InlineData("root ::= \"a\" [x-")]
    [InlineData("root ::= \"\\x2\"")]
    [InlineData("root ::= x{3,2}\nx ::= \"x\"")]
    [InlineData("root ::= ((([a-z]{1000}){1000}){1000})")]
    [InlineData("root ::= \"a\" root")]
    [InlineData("root ::= \"x\"{100001}")]
    [InlineData("root ::= (\"a\" | \"\")*")]
    public void A_bad_grammar_is_refused_with_a_sentence(string text) =>
        Assert.EndsWith(".", Assert.Throws<GrammarException>(() => Grammar.ParseGbnf(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_error_names_line_and_column()
    {
        var error = Assert.Throws<GrammarException>(() => Grammar.ParseGbnf("root ::= a\na ::= \"x\" ]"));
        Assert.Equal((2, 11), (error.Line, error.Column));
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        Assert.Throws<GrammarException>(() => Grammar.ParseGbnf("root ::= " + new string('(', 100_000)));

    [Fact]
    public void A_long_chain_of_rules_is_read()
    {
        var text = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < 40_000; i++)
            text.Append($"r{i} ::= \"a\" r{i + 1}\n");
        text.Append("r40000 ::= \"b\"\n");
        var matcher = new GrammarMatcher(Grammar.ParseGbnf(text.ToString()));
        Assert.Equal(40_001, matcher.Read(Encoding.UTF8.GetBytes(new string('a', 40_000) + "b")));
        Assert.True(matcher.IsComplete);
    }

    [Theory]
    [InlineData("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\"")]
    [InlineData("root ::= (\"a\" | \"aa\" | \"aaa\"){1,500}")]
    [InlineData("root ::= [a]* [a]* [a]* [a]* [a]* \"!\"")]
    public void An_ambiguous_text_takes_no_exponential_time(string text)
    {
        var matcher = new GrammarMatcher(Grammar.ParseGbnf(text));
        Assert.InRange(matcher.Read(Encoding.UTF8.GetBytes(new string('a', 400))), 400, 400);
    }

    [Fact]
    public void Right_recursion_needs_no_depth()
    {
        var matcher = new GrammarMatcher(Grammar.ParseGbnf("root ::= \"a\" root | \"b\""));
        byte[] text = Encoding.UTF8.GetBytes(new string('a', 300_000));
        Assert.Equal(text.Length, matcher.Read(text));
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"type":"null"}]}""")]
    [InlineData("""{"type":"string","pattern":"(?=a)b"}""")]
    [InlineData("""{"type":"string","pattern":"a{100000}","minLength":3,"maxLength":4}""")]
    [InlineData("""{"type":"integer","multipleOf":3}""")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""")]
    [InlineData("false")]
    [InlineData("{")]
    public void A_bad_schema_is_refused_with_a_sentence(string schema) =>
        Assert.False(string.IsNullOrWhiteSpace(Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(schema)).Message));

    [Theory]
    [InlineData("""{"type":"number","minimum":0.5,"exclusiveMaximum":2}""", "0.5 0.75 1 1.999 1.0", "0.4 2 2.0 -1 0.49")]
    [InlineData("""{"type":"number","minimum":-1.5,"maximum":0}""", "-1.5 -1.49 0 -0.1 -1", "-1.6 0.1 -2 1 -1.51")]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", "0.1 1 10.5 0.001", "0 0.0 -1 0.000")]
    [InlineData("""{"type":"number","maximum":10}""", "10 10.0 9.99 -100.5 0", "10.1 11 100")]
    [InlineData("""{"type":"integer","minimum":-5,"maximum":123}""", "-5 -1 0 9 99 100 123", "-6 124 200 -10 1000")]
    [InlineData("""{"type":"integer","exclusiveMinimum":1.5,"maximum":1e2}""", "2 50 100", "1 101 0")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2024-02-29\" \"2000-02-29\" \"0001-01-01\"", "\"2023-02-29\" \"1900-02-29\" \"0000-01-01\" \"2024-04-31\"")]
    [InlineData("""{"type":"string","pattern":"b+"}""", "\"b\" \"abc\" \"bbb\"", "\"a\" \"\"")]
    [InlineData("""{"type":"string","pattern":"^a|c$"}""", "\"abc\" \"a\" \"xc\"", "\"b\" \"cb\"")]
    [InlineData("""{"type":"object","properties":{"a":true},"additionalProperties":{"type":"null"}}""", "{\"a\":1,\"ab\":null} {\"b\":null}", "{\"b\":1} {\"\\u0061\":null,\"b\":null}")]
    [InlineData("""{"enum":["a",1,2,300],"type":"integer","maximum":9}""", "1 2", "300 \"a\" 3")]
    [InlineData("""{"type":"array","prefixItems":[{"const":1}],"items":false}""", "[] [1]", "[2] [1,1]")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", "{} {\"next\":{\"next\":{}}}", "{\"next\":1}")]
    public void A_schema_is_kept_to(string schema, string valid, string invalid)
    {
        var matcher = new GrammarMatcher(Grammar.FromJsonSchema(schema));
        foreach (string text in valid.Split(' '))
            Assert.True(Accepts(matcher, text), $"{text} is valid");
        foreach (string text in invalid.Split(' '))
            Assert.False(Accepts(matcher, text), $"{text} is not valid");
    }

    private static bool Accepts(GrammarMatcher matcher, string text)
    {
        matcher.Reset();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return matcher.Read(bytes) == bytes.Length && matcher.IsComplete;
    }
}
