using System.Text;
using System.Text.Json;
using Quipu.Engine.Grammars;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Grammars;

/// <summary>Grammars and schemas with texts that llama.cpp and a validator accept and reject.</summary>
public class GoldenGrammarTests
{
    private static readonly JsonDocument Gbnf = Read("gbnf.json");
    private static readonly JsonDocument Schemas = Read("json_schema.json");

    public static TheoryData<string> GbnfCases => [.. Names(Gbnf)];

    public static TheoryData<string> SchemaCases => [.. Names(Schemas)];

    [Theory]
    [MemberData(nameof(GbnfCases))]
    public void A_grammar_lets_through_what_it_must(string name)
    {
        var row = Find(Gbnf, name);
        string text = row.GetProperty("grammar").GetString()!;
        if (row.TryGetProperty("error", out _))
        {
            Assert.False(string.IsNullOrWhiteSpace(Assert.Throws<GrammarException>(() => Grammar.ParseGbnf(text)).Message));
            return;
        }
        var matcher = new GrammarMatcher(Grammar.ParseGbnf(text));
        foreach (var accepted in row.GetProperty("accept").EnumerateArray())
            Assert.Equal((-1, true), Judge(matcher, accepted));
        int index = 0;
        foreach (var rejected in row.GetProperty("reject").EnumerateArray())
        {
            var (at, complete) = Judge(matcher, rejected);
            Assert.False(complete, rejected.GetRawText());
            if (row.TryGetProperty("reject_at", out var places))
                AssertPlace(places[index++], at, rejected.GetString()!);
        }
    }

    [Theory]
    [MemberData(nameof(SchemaCases))]
    public void A_schema_lets_through_what_it_must(string name)
    {
        var row = Find(Schemas, name);
        if (row.TryGetProperty("error", out _))
        {
            Assert.Contains("#", Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(row.GetProperty("schema"))).Message, StringComparison.Ordinal);
            return;
        }
        Grammar grammar;
        try
        {
            grammar = Grammar.FromJsonSchema(row.GetProperty("schema"));
        }
        catch (GrammarException error) when (row.TryGetProperty("may_refuse", out _))
        {
            Assert.Contains("'", error.Message, StringComparison.Ordinal);
            return;
        }
        var matcher = new GrammarMatcher(grammar);
        foreach (var accepted in row.GetProperty("accept").EnumerateArray())
            Assert.True(Judge(matcher, accepted) == (-1, true), $"{accepted} must be accepted");
        foreach (var rejected in row.GetProperty("reject").EnumerateArray())
            Assert.False(Judge(matcher, rejected).Complete, $"{rejected} must be rejected");
        if (row.TryGetProperty("differ", out var differing))
            foreach (var item in differing.EnumerateArray().Where(item => !item.GetProperty("json").GetBoolean() || !item.GetProperty("jsonschema_valid").GetBoolean()))
                Assert.False(Judge(matcher, item.GetProperty("text")).Complete, $"{item} must be rejected: the schema does not allow it");
    }

    /// <summary>Where the text stops matching, or −1, and whether it may end.</summary>
    private static (int At, bool Complete) Judge(GrammarMatcher matcher, JsonElement text)
    {
        matcher.Reset();
        if (text.ValueKind == JsonValueKind.String)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text.GetString()!);
            int read = matcher.Read(bytes);
            return read < bytes.Length ? (read, false) : (-1, matcher.IsComplete);
        }
        int index = 0;
        foreach (var item in text.EnumerateArray())
        {
            bool fits = item.ValueKind == JsonValueKind.Number
                ? matcher.ReadToken(item.GetInt32(), [])
                : item.GetString()!.EnumerateRunes().All(rune => matcher.ReadToken(-1, Encoding.UTF8.GetBytes(rune.ToString())));
            if (!fits)
                return (index, false);
            index++;
        }
        return (-1, matcher.IsComplete);
    }

    /// <summary>Any byte of the character that begins at the place is right.</summary>
    private static void AssertPlace(JsonElement place, int at, string text)
    {
        if (place.ValueKind == JsonValueKind.Null)
        {
            Assert.Equal(-1, at);
            return;
        }
        int start = place.GetInt32();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int end = start + 1;
        while (end < bytes.Length && (bytes[end] & 0xc0) == 0x80)
            end++;
        Assert.InRange(at, start, end - 1);
    }

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllBytes(TestPaths.Fixture("grammar", file)));

    private static IEnumerable<string> Names(JsonDocument document) => document.RootElement.EnumerateArray().Select(row => row.GetProperty("name").GetString()!);

    private static JsonElement Find(JsonDocument document, string name) =>
        document.RootElement.EnumerateArray().First(row => row.GetProperty("name").GetString() == name);
}
