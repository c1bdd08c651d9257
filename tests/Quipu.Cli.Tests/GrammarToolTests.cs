namespace Quipu.Cli.Tests;

/// <summary>quipu grammar, and answers that a grammar constrains, through the real program.</summary>
public sealed class GrammarToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quipu-grammar").FullName;

    [Fact]
    public async Task A_text_is_judged()
    {
        string grammar = Write("g.gbnf", "root ::= \"a\" [0-9]+");
        var good = await QuipuProcess.RunAsync("", "grammar", "--grammar-file", grammar, "a12");
        Assert.Equal((0, "{\"accepted\":true,\"at\":null,\"complete\":true}\n"), (good.ExitCode, good.Output));
        var bad = await QuipuProcess.RunAsync("", "grammar", "--grammar-file", grammar, "ab");
        Assert.Equal((1, "{\"accepted\":false,\"at\":1,\"complete\":false}\n"), (bad.ExitCode, bad.Output));
    }

    [Fact]
    public async Task Lines_are_judged_in_their_order()
    {
        string schema = Write("s.json", """{"type":"integer","minimum":3}""");
        var result = await QuipuProcess.RunAsync("\"3\"\n\"\"\n\"x\"\n", "grammar", "--json-schema", schema, "--jsonl");
        Assert.Equal(
            "{\"accepted\":true,\"at\":null,\"complete\":true}\n{\"accepted\":false,\"at\":null,\"complete\":false}\n{\"accepted\":false,\"at\":0,\"complete\":false}\n",
            result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("root ::= x")]
    [InlineData("root ::= <think>")]
    public async Task A_refused_grammar_ends_with_a_sentence(string grammar)
    {
        var result = await QuipuProcess.RunAsync("", "grammar", "--grammar-file", Write("g.gbnf", grammar), "a");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_matches_its_grammar()
    {
        var result = await QuipuProcess.RunAsync("", "--cli", "-p", "Is water wet?", "--grammar", "root ::= \"yes\" | \"no\"", "--log-disable");
        Assert.Contains(result.Output, new[] { "yes\n", "no\n" });
        var refused = await QuipuProcess.RunAsync("", "--cli", "-p", "x", "-j", "{\"type\":\"float\"}");
        Assert.Equal(1, refused.ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
