using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Quipu.Engine.Grammars;
using Quipu.Gguf;
using Quipu.Tokenizers;

namespace Quipu.Benchmarks;

/// <summary>
/// What a grammar costs a token: the mask over the whole vocabulary, and the step with the chosen token. Texts are random walks through the
/// grammar, which meet more different states than a model's answers do. The first text warms up, the others are counted.
/// </summary>
internal static class GrammarCost
{
    private const int Texts = 20, MaxTokens = 500;

    private const string Order = """
        {"type":"object","properties":{"id":{"type":"string","format":"uuid"},"date":{"type":"string","format":"date-time"},
        "customer":{"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":80},"mail":{"type":"string","pattern":"^[a-z.]+@[a-z]+\\.[a-z]{2,4}$"}},"required":["name","mail"]},
        "items":{"type":"array","minItems":1,"maxItems":20,"items":{"type":"object","properties":{"sku":{"type":"string","pattern":"^[A-Z]{3}-[0-9]{4}$"},"count":{"type":"integer","minimum":1,"maximum":999},"price":{"type":"number","minimum":0},"state":{"enum":["new","sent","back"]}},"required":["sku","count","price","state"]}}},
        "required":["id","date","customer","items"],"additionalProperties":false}
        """;

    private const string Tree = """{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}},"required":["value","children"],"additionalProperties":false}}}""";

    private const string Program = """
        root ::= (declaration)*
        declaration ::= ("int" | "float" | "char") " " name "(" (parameter ("," " "? parameter)*)? ")" " "? "{\n" statement* "}\n"
        parameter ::= ("int" | "float" | "char") " " name
        statement ::= "  " (name " = " expression | "return " expression | name "(" (expression (", " expression)*)? ")") ";\n"
        expression ::= term (" " [-+*/<>] " " term)*
        term ::= name | number | "(" expression ")"
        name ::= [a-zA-Z_] [a-zA-Z_0-9]*
        number ::= [0-9]+
        """;

    private static readonly (string Name, Func<Grammar> Make)[] Grammars =
    [
        ("any JSON object", () => Grammar.JsonObject),
        ("an order: nested, patterns, formats, ranges", () => Grammar.FromJsonSchema(Order)),
        ("a recursive tree", () => Grammar.FromJsonSchema(Tree)),
        ("a string of up to 2 000 characters", () => Grammar.FromJsonSchema("""{"type":"string","maxLength":2000}""")),
        ("one of 500 names", () => Grammar.FromJsonSchema($$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"name {i * i}\""))}}]}""")),
        ("C-like declarations, GBNF", () => Grammar.ParseGbnf(Program)),
        ("any text but line breaks, GBNF", () => Grammar.ParseGbnf("root ::= [^\\n]*")),
        ("ambiguous words, GBNF", () => Grammar.ParseGbnf("root ::= (word \" \"?)+\nword ::= [a-z]+ | [a-z0-9]{1,8} | \"the\"")),
    ];

    /// <summary>Measures and prints a table.</summary>
    public static void Run(string vocabulary, TextWriter output)
    {
        using var file = GgufFile.Open(vocabulary);
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        long start = Stopwatch.GetTimestamp();
        int nodes = tokenizer.Trie.Count;
        output.WriteLine(Line($"{tokenizer.VocabularySize} pieces; trie of {nodes} nodes in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms, once a vocabulary"));
        output.WriteLine("| grammar | compiled, ms | first mask, ms | warm-up, ms | tokens | mean, µs | median | 99 % | most | MB |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, make) in Grammars)
            output.WriteLine(Measure(name, make, tokenizer));
    }

    private static string Measure(string name, Func<Grammar> make, Tokenizer tokenizer)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        var grammar = make();
        double compiled = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        List<double> times = [];
        Walk(grammar, tokenizer, new Random(0), times);
        double first = times[0], warmUp = times.Sum();
        times.Clear();
        for (int text = 1; text <= Texts; text++)
            Walk(grammar, tokenizer, new Random(text), times);
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        GC.KeepAlive(grammar);
        times.Sort();
        double At(double share) => times[(int)(share * (times.Count - 1))];
        return Line($"| {name} | {compiled:F1} | {first / 1000:F1} | {warmUp / 1000:F0} | {times.Count} | {times.Average():F0} | {At(0.5):F0} | {At(0.99):F0} | {At(1):F0} | {megabytes:F0} |");
    }

    /// <summary>Writes a random text of the grammar and notes the microseconds of each token.</summary>
    private static void Walk(Grammar grammar, Tokenizer tokenizer, Random random, List<double> times)
    {
        var constraint = new TokenConstraint(grammar, [], tokenizer);
        for (int count = 0; count < MaxTokens; count++)
        {
            long start = Stopwatch.GetTimestamp();
            var mask = constraint.Mask();
            double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            int token = Choose(mask, random);
            start = Stopwatch.GetTimestamp();
            bool ends = tokenizer.EndOfGeneration.Contains(token);
            constraint.Accept(token);
            times.Add(time + Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            if (ends)
                return;
        }
    }

    private static int Choose(ReadOnlySpan<ulong> mask, Random random)
    {
        int count = 0;
        foreach (ulong word in mask)
            count += BitOperations.PopCount(word);
        int wanted = random.Next(count);
        for (int i = 0; ; i++)
        {
            ulong word = mask[i];
            int here = BitOperations.PopCount(word);
            if (wanted >= here)
            {
                wanted -= here;
                continue;
            }
            for (; wanted > 0; wanted--)
                word &= word - 1;
            return (i * 64) + BitOperations.TrailingZeroCount(word);
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
