using System.Text;
using System.Text.Json;
using Quipu.Cli.Tools;
using Quipu.Gguf;
using Quipu.Testing;
using Quipu.Tokenizers;

namespace Quipu.Cli.Tests;

/// <summary>The output of <c>quipu tokenize</c>.</summary>
public class TokenizeToolTests
{
    private static readonly Lazy<Tokenizer> Bundled = new(() => Load(TestPaths.BundledModel));

    [Fact]
    public void Text_shows_a_token_a_line() =>
        Assert.Equal("1  '<|im_start|>'\n4093  'user'\n198  '\\n'\n19556  'Hello'\n", Run(new(), "<|im_start|>user\nHello"));

    [Fact]
    public void Text_stays_on_its_line_whatever_a_token_stands_for()
    {
        string[] lines = Run(new(), "\t\r\n'\\\u2028\U0001F9FF").TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Matches(@"^[0-9]+  '.*'$", line));
        Assert.Contains("\\t", string.Concat(lines), StringComparison.Ordinal);
        Assert.Contains("\\xf0", string.Concat(lines), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
    }

    [Fact]
    public void Json_has_ids_and_pieces()
    {
        using var json = JsonDocument.Parse(Run(new() { Json = true }, "Hi \U0001F9FF\""));
        int[] ids = [.. json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(Bundled.Value.Encode("Hi \U0001F9FF\"", true, true), ids);
        List<byte> bytes = [];
        foreach (var piece in json.RootElement.GetProperty("pieces").EnumerateArray())
        {
            bytes.AddRange(piece.ValueKind == JsonValueKind.String
                ? Encoding.UTF8.GetBytes(piece.GetString()!)
                : piece.EnumerateArray().Select(value => value.GetByte()));
        }
        Assert.Equal(ids.Length, json.RootElement.GetProperty("pieces").GetArrayLength());
        Assert.Equal("Hi \U0001F9FF\"", Encoding.UTF8.GetString([.. bytes]));
    }

    [Fact]
    public void Special_tokens_are_text_on_request()
    {
        Assert.Equal("1  '<|im_start|>'\n", Run(new(), "<|im_start|>"));
        Assert.True(Run(new() { Special = false }, "<|im_start|>").Count(letter => letter == '\n') > 1);
    }

    [Fact]
    public void Decoding_is_the_way_back()
    {
        const string text = "<|im_start|>user\nHello, 世界!<|im_end|>\n";
        string ids = Run(new() { JsonLines = true }, JsonSerializerString(text));
        Assert.Equal(text, Run(new() { Decode = true }, ids));
        Assert.Equal(text, Run(new() { Decode = true }, ids.Replace(',', '\n').Trim('[', ']', '\n')));
        Assert.Equal("user\nHello, 世界!\n", Run(new() { Decode = true, Special = false }, ids));
        using var json = JsonDocument.Parse(Run(new() { Decode = true, Json = true }, ids));
        Assert.Equal(text, json.RootElement.GetProperty("text").GetString());
        Assert.Equal(JsonDocument.Parse(ids).RootElement.GetArrayLength(), json.RootElement.GetProperty("ids").GetArrayLength());
    }

    [Fact]
    public void Lines_in_are_lines_out()
    {
        Assert.Equal("[19556]\n[]\n[198]\n", Run(new() { JsonLines = true }, "\"Hello\"\n\"\"\r\n\n  \"\\n\"  \n"));
        Assert.Equal("\"Hello\"\n\"\"\n\"\\n\"\n", Run(new() { JsonLines = true, Decode = true }, "[19556]\n[]\n[ 198 ]"));
    }

    [Theory]
    [InlineData(false, "\"a\"\n{}", "line 2", "StartObject")]
    [InlineData(false, "\"a\" \"b\"", "line 1")]
    [InlineData(false, "\"a", "line 1")]
    [InlineData(false, "\"\\ud800\"", "line 1")]
    [InlineData(true, "[1]\n\n[\"x\"]", "line 3", "element 0")]
    [InlineData(true, "[1,2.5]", "line 1", "element 1")]
    [InlineData(true, "[1,2", "line 1")]
    [InlineData(true, "7", "line 1", "Number")]
    [InlineData(true, "[1,49152]", "line 1", "49152", "49151")]
    [InlineData(true, "[-1]", "line 1", "-1")]
    public void Lines_that_are_wrong_are_named(bool decode, string input, params string[] words)
    {
        var error = Assert.Throws<InvalidDataException>(() => Run(new() { JsonLines = true, Decode = decode }, input));
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1 2 x", "'x'")]
    [InlineData("1, -2", "'-2'")]
    [InlineData("99999999999", "'99999999999'")]
    [InlineData("49152", "49152")]
    public void Ids_that_are_wrong_are_named(string input, string word)
    {
        var error = Assert.Throws<InvalidDataException>(() => Run(new() { Decode = true }, input));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_and_json_lines_exclude_each_other() =>
        Assert.Throws<ArgumentException>(() => Run(new() { Json = true, JsonLines = true }, ""));

    [Fact]
    public void Lines_can_be_cancelled()
    {
        using var input = new StringReader("\"a\"");
        using var output = new StringWriter();
        Assert.Throws<OperationCanceledException>(() =>
            TokenizeTool.Run(Bundled.Value, new() { JsonLines = true }, input, output, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("smollm2", "bundled")]
    [InlineData("gemma3", "gemma3")]
    [InlineData("llama-spm", "llama-spm")]
    [InlineData("llama-bpe", "llama-bpe")]
    [InlineData("qwen2", "qwen2")]
    [InlineData("gpt-2", "gpt-2")]
    public void Golden_texts_are_exact(string fixture, string vocabulary)
    {
        var tokenizer = vocabulary == "bundled"
            ? Bundled.Value
            : Load(TestPaths.Require(TestPaths.Shared("golden", "tokenizer", vocabulary + ".gguf"), $"The vocabulary {vocabulary}.gguf"));
        using var cases = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Fixture("tokenizer", fixture + ".json")));
        var lines = new TokenizeOptions { JsonLines = true };

        Assert.Equal(Column("ids_special_bos"), Run(tokenizer, lines, Column("text")));
        Assert.Equal(Column("ids_special"), Run(tokenizer, lines with { Bos = false }, Column("text")));
        Assert.Equal(Column("ids_plain"), Run(tokenizer, lines with { Bos = false, Special = false }, Column("text")));
        Assert.Equal(Texts("detokenized_plain"), Parse(Run(tokenizer, lines with { Decode = true, Special = false }, Column("ids_plain"))));
        Assert.Equal(Texts("detokenized_plain"), Parse(Run(tokenizer, lines with { Decode = true }, Column("ids_plain"))));

        string Column(string name) =>
            string.Concat(cases.RootElement.EnumerateArray().Select(item => item.GetProperty(name).GetRawText() + "\n"));
        IEnumerable<string> Texts(string name) => cases.RootElement.EnumerateArray().Select(item => item.GetProperty(name).GetString()!);
        static IEnumerable<string> Parse(string text) =>
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetString()!);
    }

    private static string JsonSerializerString(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static Tokenizer Load(string path)
    {
        using var file = GgufFile.Open(path);
        return Tokenizer.FromGguf(file.Metadata);
    }

    private static string Run(TokenizeOptions options, string input) => Run(Bundled.Value, options, input);

    private static string Run(Tokenizer tokenizer, TokenizeOptions options, string input)
    {
        using var output = new StringWriter();
        Assert.Equal(0, TokenizeTool.Run(tokenizer, options, input, output));
        return output.ToString();
    }
}
