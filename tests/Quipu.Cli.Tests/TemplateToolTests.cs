using System.Text.Json;
using Quipu.Cli.Tools;
using Quipu.Templates;
using Quipu.Testing;

namespace Quipu.Cli.Tests;

/// <summary>The output of <c>quipu template</c>.</summary>
public class TemplateToolTests
{
    private const string ChatMl =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private static readonly DateTime GoldenTime = new(2026, 1, 15, 12, 34, 56);

    [Fact]
    public void A_request_becomes_its_prompt() => Assert.Equal(
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
        Run(new() { Source = ChatMl }, """{"model":"m","messages":[{"role":"user","content":"Hi"}]}"""));

    [Fact]
    public void The_generation_prompt_can_be_left_out() => Assert.Equal(
        "<|im_start|>user\nHi<|im_end|>\n",
        Run(new() { Source = ChatMl }, """{"messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":false}"""));

    [Fact]
    public void Absent_tools_and_documents_are_none_and_tokens_undefined_unless_given()
    {
        const string source = "{{ tools }} {{ documents }} [{{ bos_token }}] [{{ eos_token }}] {{ bos_token is defined }} {{ model is defined }}";
        const string request = """{"messages":[],"model":"m"}""";
        Assert.Equal("None None [] [] False False", Run(new() { Source = source }, request));
        Assert.Equal("None None [<s>] [</s>] True False", Run(new() { Source = source, BosToken = "<s>", EosToken = "</s>" }, request));
        Assert.Equal("[] [1] [] [] False False", Run(new() { Source = source }, """{"messages":[],"tools":[],"documents":[1]}"""));
    }

    [Fact]
    public void Template_arguments_are_variables() => Assert.Equal(
        "False 2",
        Run(new() { Source = "{{ enable_thinking }} {{ n }}" }, """{"messages":[],"chat_template_kwargs":{"enable_thinking":false,"n":2}}"""));

    [Fact]
    public void Messages_reach_the_template_as_they_stand() => Assert.Equal(
        """[{'type': 'text', 'text': 'x'}] {"a": 1.0} str""",
        Run(
            new() { Source = "{{ messages[0].content }} {{ messages[0].tool_calls[0].function.arguments }} {{ 'str' if messages[0].tool_calls[0].function.arguments is string }}" },
            """{"messages":[{"content":[{"type":"text","text":"x"}],"tool_calls":[{"function":{"arguments":"{\"a\": 1.0}"}}]}]}"""));

    [Fact]
    public void With_variables_nothing_else_is_passed() => Assert.Equal(
        "1 False False False",
        Run(
            new() { Source = "{{ x }} {{ tools is defined }} {{ messages is defined }} {{ bos_token is defined }}", Variables = true, BosToken = "<s>" },
            """{"x":1}"""));

    [Theory]
    [InlineData("2026-01-15T12:34:56", "2026-01-15 12:34:56")]
    [InlineData("2026-01-15 12:34", "2026-01-15 12:34:00")]
    [InlineData("2026-01-15", "2026-01-15 00:00:00")]
    [InlineData("2026-01-15T12:34:56Z", "2026-01-15 12:34:56")]
    [InlineData("2026-01-15T12:34:56+09:00", "2026-01-15 12:34:56")]
    public void The_time_can_be_fixed(string time, string shown) => Assert.Equal(
        shown,
        Run(new() { Source = "{{ strftime_now('%Y-%m-%d %H:%M:%S') }}", Variables = true, Now = TemplateTool.ParseTime(time) }, "{}"));

    [Fact]
    public void A_time_that_is_none_is_refused() =>
        Assert.Contains("'noon'", Assert.Throws<FormatException>(() => TemplateTool.ParseTime("noon")).Message, StringComparison.Ordinal);

    [Fact]
    public void Json_lines_answer_every_line()
    {
        const string source = "{{ messages[0].content }}{% if not messages %}\n{{ raise_exception('no \"messages\"') }}{% endif %}{{ 1 + x }}";
        string[] lines = Run(
            new() { Source = source, JsonLines = true },
            """
            {"messages":[{"content":"é🦜\n"}],"chat_template_kwargs":{"x":1}}
            {"messages":[]}

            {"messages":[{}]}
            {}
            [1]
            {"messages"
            """).TrimEnd('\n').Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.Equal("""{"prompt":"é🦜\n2"}""", Unescaped(lines[0]));
        Assert.Equal("""{"error":"list object has no element 0","line":1}""", lines[1]);
        Assert.Equal("""{"error":"'x' is undefined","line":2}""", lines[2]);
        Assert.All(lines[3..], line => Assert.EndsWith("\"line\":null}", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Json_lines_carry_the_templates_own_message_alone() => Assert.Equal(
        "{\"error\":\"roles: <é> & \\\"x\\\"\",\"line\":2}\n",
        Run(new() { Source = "a\n{{ raise_exception('roles: <é> & \"x\"') }}", JsonLines = true, Variables = true }, "{}"));

    [Fact]
    public void A_template_that_cannot_be_parsed_answers_every_line()
    {
        string[] lines = Run(new() { Source = "a\n{% if %}", JsonLines = true, Variables = true }, "{}\n{}\n").TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.EndsWith("\"line\":2}", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Plain_errors_are_thrown_with_their_place()
    {
        var error = Assert.Throws<TemplateException>(() => Run(new() { Source = "a\n{{ 1 + 'b' }}", Variables = true }, "{}"));
        Assert.Equal((2, 6), (error.Line, error.Column));
        Assert.Contains("line 2, column 6", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"messages":[],"chat_template_kwargs":1}""")]
    public void An_input_that_is_no_request_is_refused(string input) =>
        Assert.Throws<InvalidDataException>(() => Run(new() { Source = "x" }, input));

    [Fact]
    public void Half_a_surrogate_pair_is_refused_in_the_input_and_replaced_in_the_output()
    {
        Assert.Contains("surrogate", Run(new() { Source = "{{ x }}", Variables = true, JsonLines = true }, """{"x":"\ud83e"}"""), StringComparison.Ordinal);
        using var line = JsonDocument.Parse(Run(new() { Source = @"{{ '\ud83e' }}", Variables = true, JsonLines = true }, "{}"));
        Assert.Equal("\ufffd", line.RootElement.GetProperty("prompt").GetString());
    }

    [Fact]
    public void The_golden_features_come_out_of_json_lines()
    {
        using var topic = JsonDocument.Parse(File.ReadAllText(TestPaths.Fixture("templates", "features", "idioms.json")));
        foreach (JsonElement test in topic.RootElement.GetProperty("cases").EnumerateArray())
        {
            string variables = test.TryGetProperty("vars", out JsonElement vars) ? vars.GetRawText().Replace("\n", "", StringComparison.Ordinal) : "{}";
            var options = new TemplateOptions { Source = test.GetProperty("template").GetString()!, Variables = true, JsonLines = true, Now = GoldenTime };
            using var answer = JsonDocument.Parse(Run(options, variables));
            if (test.TryGetProperty("expected", out JsonElement expected))
                Assert.Equal(expected.GetString(), answer.RootElement.GetProperty("prompt").GetString());
            else if (!test.TryGetProperty("error_kind", out _))
                Assert.Equal(test.GetProperty("error").GetString(), answer.RootElement.GetProperty("error").GetString());
            else
                Assert.Equal(JsonValueKind.String, answer.RootElement.GetProperty("error").ValueKind);
        }
    }

    /// <summary>A line with its one escaped emoji as it is: the writer escapes what lies outside of the BMP.</summary>
    private static string Unescaped(string line) => line.Replace("\\uD83E\\uDD9C", "🦜", StringComparison.Ordinal);

    private static string Run(TemplateOptions options, string input)
    {
        using var reader = new StringReader(input);
        using var writer = new StringWriter();
        Assert.Equal(0, TemplateTool.Run(options, reader, writer, TestContext.Current.CancellationToken));
        return writer.ToString();
    }
}
