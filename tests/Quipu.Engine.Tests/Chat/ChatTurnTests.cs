using System.Text;
using System.Text.Json;
using Quipu.Cpu;
using Quipu.Engine.Chat;
using Quipu.Engine.Grammars;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Chat;

/// <summary>Conversations with functions, in the forms that the templates of common models speak of.</summary>
public sealed class ChatTurnTests : IDisposable
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string","maxLength":9}},"required":["city"],"additionalProperties":false}""";

    private static readonly ChatMessage[] Conversation =
    [
        new("user", "Weather in Oslo and Rome?"),
        new("assistant", "")
        {
            ToolCalls = [new ToolCall("call_1", "forecast", """{"city":"Oslo"}"""), new ToolCall("call_2", "forecast", """{"city":"Rome"}""")],
        },
        new("tool", "snow") { ToolCallId = "call_1" },
        new("tool", "sun") { ToolCallId = "call_2" },
    ];

    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });
    private readonly List<LanguageModel> _models = [];

    private static ToolDefinition Forecast { get; } = new("forecast", "The weather.", Parse(Schema));

    public void Dispose()
    {
        _models.ForEach(model => model.Dispose());
        _device.Dispose();
    }

    [Theory]
    [InlineData("qwen2.5", "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>", "<tool_response>\nsun\n</tool_response>")]
    [InlineData("hermes-3-tool-use", "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>", "<tool_response>\nsnow\n</tool_response>")]
    [InlineData("llama-3.2", "{\"name\": \"forecast\", \"parameters\": {\"city\": \"Oslo\"}}<|eot_id|>", "ipython<|end_header_id|>\n\n\"sun\"")]
    [InlineData("mistral-nemo", "[TOOL_CALLS][{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}, \"id\": \"", "[TOOL_RESULTS]{\"content\": snow")]
    [InlineData("mistral-small-3.2", "[TOOL_CALLS]forecast[CALL_ID]", "[TOOL_CONTENT]sun[/TOOL_RESULTS]")]
    [InlineData("granite-3.3", "<|tool_call|>[{\"name\": \"forecast\", \"arguments\": {\"city\":\"Oslo\"}}, {\"name\"", "snow<|end_of_text|>")]
    [InlineData("gemma-3", "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\":\"Oslo\"}}\n</tool_call>", "<tool_response>\nsnow\n</tool_response>\n<tool_response>\nsun\n</tool_response>")]
    [InlineData("smollm2", "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\":\"Oslo\"}}\n</tool_call>", "You can call functions")]
    public void The_conversation_is_written_as_the_model_knows_it(string template, string call, string other)
    {
        string prompt = Turn(Conversation).Render(Open(template));
        Assert.Contains(call, prompt, StringComparison.Ordinal);
        Assert.Contains(other, prompt, StringComparison.Ordinal);
        Assert.Contains("The weather.", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qwen2.5", "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>", "\n<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>")]
    [InlineData("llama-3.2", "{\"name\": \"forecast\", \"parameters\": {\"city\": \"Oslo\"}}", null)]
    [InlineData("granite-3.3", "<|tool_call|>[{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}}", ", {\"name\": \"forecast\", \"arguments\": {\"city\": \"Rome\"}}")]
    [InlineData("mistral-nemo", "[TOOL_CALLS][{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}, \"id\": \"123456789\"}", ", {\"name\": \"forecast\", \"arguments\": {\"city\": \"Rome\"}}")]
    [InlineData("mistral-small-3.2", "[TOOL_CALLS]forecast[ARGS]{\"city\": \"Oslo\"}", "[TOOL_CALLS]forecast[CALL_ID]abcdefghi[ARGS]{\"city\": \"Rome\"}")]
    [InlineData("gemma-3", "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>", "\n<tool_call>{\"name\":\"forecast\",\"arguments\":{\"city\":\"Rome\"}}</tool_call>")]
    public void A_forced_answer_is_one_call_or_several_and_nothing_else(string template, string one, string? another)
    {
        var model = Open(template);
        string end = template is "granite-3.3" or "mistral-nemo" ? "]" : "";
        foreach (bool parallel in (bool[])[true, false])
        {
            var grammar = (Turn(Conversation[..1]) with { ToolChoice = ToolChoice.Required, ParallelToolCalls = parallel }).Constrain(model).Sampling.Grammar!;
            Assert.True(Matches(grammar, one + end));
            Assert.False(Matches(grammar, "Hello"));
            Assert.False(Matches(grammar, one.Replace("Oslo", "much too long", StringComparison.Ordinal) + end));
            Assert.False(Matches(grammar, one.Replace("forecast", "other", StringComparison.Ordinal) + end));
            if (another is not null)
                Assert.Equal(parallel, Matches(grammar, one + another + end));
        }
    }

    [Fact]
    public void With_a_format_the_answer_is_calls_or_of_the_format()
    {
        var turn = Turn(Conversation[..1]) with { Format = new OutputFormat(OutputKind.JsonSchema, Parse("""{"type":"object","properties":{"a":{"type":"null"}},"required":["a"]}""")) };
        var grammar = turn.Constrain(Open("qwen2.5")).Sampling.Grammar!;
        Assert.True(Matches(grammar, "{\"a\": null}"));
        Assert.True(Matches(grammar, "<tool_call>\n{\"name\": \"forecast\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>"));
        Assert.False(Matches(grammar, "{\"b\": null}"));
    }

    [Fact]
    public void The_same_functions_have_the_same_grammar_and_few_are_kept()
    {
        var model = Open("qwen2.5");
        Grammar Of(string name) => (Turn(Conversation[..1]) with { Tools = [Forecast with { Name = name }] }).Constrain(model).Sampling.Grammar!;
        var first = Of("f");
        Assert.Same(first, Of("f"));
        for (int i = 1; i < GrammarCache.Capacity; i++)
            Assert.NotSame(first, Of($"g{i}"));
        Assert.Same(first, Of("f"));
        for (int i = 0; i < GrammarCache.Capacity; i++)
            Of($"h{i}");
        Assert.NotSame(first, Of("f"));
        Assert.Same(model.Grammars.ParseGbnf("root ::= \"a\""), model.Grammars.ParseGbnf("root ::= \"a\""));
    }

    [Fact]
    public void References_lead_into_each_functions_own_schema()
    {
        const string tree = """{"type":"object","properties":{"value":{"$ref":"#/$defs/digit"},"next":{"$ref":"#"}},"required":["value"],"additionalProperties":false,"$defs":{"digit":{"enum":[1,2]}}}""";
        var turn = Turn(Conversation[..1]) with { Tools = [Forecast, new ToolDefinition("tree", null, Parse(tree))], ToolChoice = new ToolChoice(ToolChoiceKind.Named, "tree") };
        var grammar = turn.Constrain(Open("qwen2.5")).Sampling.Grammar!;
        Assert.True(Matches(grammar, """<tool_call>{"name":"tree","arguments":{"value":1,"next":{"value":2}}}</tool_call>"""));
        Assert.False(Matches(grammar, """<tool_call>{"name":"tree","arguments":{"value":1,"next":{"value":3}}}</tool_call>"""));
        Assert.False(Matches(grammar, """<tool_call>{"name":"forecast","arguments":{"city":"Oslo"}}</tool_call>"""));
        var error = Assert.Throws<ToolSchemaException>(
            () => (turn with { Tools = [new ToolDefinition("bad", null, Parse("""{"type":"object","not":{}}"""))], ToolChoice = ToolChoice.Auto }).Constrain(Open("qwen2.5")));
        Assert.Contains("'bad'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'not'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_that_is_a_control_token_is_that_token_and_is_shown()
    {
        var model = Open("smollm2");
        int mark = model.Tokenizer.FindToken("<file_sep>")!.Value;
        var format = new ToolFormat("<file_sep>", "", CallShape.List);
        var matcher = new GrammarMatcher(ToolGrammar.Whole(format, [Forecast], parallel: true, OutputFormat.Text, model.Tokenizer));
        Assert.Equal(0, matcher.Read("<"u8));
        Assert.True(matcher.ReadToken(mark, []));
        byte[] list = Encoding.UTF8.GetBytes("""[{"name": "forecast", "arguments": {"city": "Oslo"}}]""");
        Assert.Equal(list.Length, matcher.Read(list));
        Assert.True(matcher.IsComplete);
        var text = new OutputText(model.Tokenizer, new GenerationOptions { ShownTokens = [mark] });
        Assert.Equal("<file_sep>", text.Append(mark, 1, contextFull: false).Text);
        Assert.Equal("", text.Append(model.Tokenizer.FindToken("<reponame>")!.Value, 2, contextFull: false).Text);
    }

    [Theory]
    [InlineData("{\"name\": \"x", true)]
    [InlineData("\n{\"name\":", true)]
    [InlineData("An object {\"name\":", false)]
    [InlineData("{\"nam", false)]
    public void A_trigger_at_the_start_counts_there_only(string text, bool holds)
    {
        var model = Open("smollm2");
        var constraint = new TokenConstraint(Grammar.ParseGbnf("root ::= [^9]*"), [GrammarTrigger.AtStart("{\"name\":")], model.Tokenizer);
        foreach (int token in model.Tokenizer.Encode(text, addSpecial: false, parseSpecial: false))
            constraint.Accept(token);
        Assert.Equal(holds, constraint.Holds);
    }

    private static ChatTurn Turn(ChatMessage[] messages) => new() { Messages = messages, Options = new GenerationOptions(), Tools = [Forecast] };

    private static bool Matches(Grammar grammar, string text)
    {
        var matcher = new GrammarMatcher(grammar);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return matcher.Read(bytes) == bytes.Length && matcher.IsComplete;
    }

    /// <summary>The bundled model with the template of another.</summary>
    private LanguageModel Open(string template)
    {
        string path = TestPaths.Require(TestPaths.Shared("golden", "templates", "third-party", template + ".json"), $"the template {template}");
        var model = LanguageModel.Load(TestPaths.BundledModel, _device, Parse(File.ReadAllText(path)).GetProperty("template").GetString());
        _models.Add(model);
        return model;
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
