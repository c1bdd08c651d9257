using System.Text.Json;

namespace Quipu.Server.Tests;

/// <summary>Functions and constrained answers, through every API that has them.</summary>
public sealed class ToolTests(TinyServer server) : IClassFixture<TinyServer>
{
    private const string Parameters = """{"type":"object","properties":{"city":{"enum":["Rome","Oslo"]},"days":{"type":"integer","minimum":1,"maximum":9}},"required":["city","days"],"additionalProperties":false}""";
    private const string Tools = $$$"""[{"type":"function","function":{"name":"forecast","description":"The weather.","parameters":{{{Parameters}}}}}]""";
    private const string AskMany = """ "messages":[{"role":"user","content":"Weather?"}],"max_tokens":200 """;
    private const string Ask = AskMany + ",\"parallel_tool_calls\":false";

    [Theory]
    [InlineData("\"required\"")]
    [InlineData("""{"type":"function","function":{"name":"forecast"}}""")]
    public async Task A_forced_call_has_arguments_of_the_schema(string choice)
    {
        var answer = await server.AskAsync("v1/chat/completions", "{" + Ask + $",\"tools\":{Tools},\"tool_choice\":{choice}}}");
        var first = answer.GetProperty("choices")[0];
        Assert.Equal("tool_calls", first.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("message").GetProperty("content").ValueKind);
        var call = Assert.Single(first.GetProperty("message").GetProperty("tool_calls").EnumerateArray());
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.Equal("forecast", call.GetProperty("function").GetProperty("name").GetString());
        CheckArguments(TinyServer.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!));
    }

    [Fact]
    public async Task A_streamed_call_is_put_together_by_index()
    {
        var events = await server.StreamAsync("v1/chat/completions", "{" + Ask + $",\"tools\":{Tools},\"tool_choice\":\"required\",\"stream\":true}}");
        var choices = events[..^1].ConvertAll(one => TinyServer.Parse(one.Data).GetProperty("choices")[0]);
        var calls = choices.Where(choice => choice.GetProperty("delta").TryGetProperty("tool_calls", out _)).Select(choice => choice.GetProperty("delta").GetProperty("tool_calls")[0]).ToList();
        Assert.All(calls, call => Assert.Equal(0, call.GetProperty("index").GetInt32()));
        Assert.StartsWith("call_", calls[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        CheckArguments(TinyServer.Parse(string.Concat(calls.Select(call => call.GetProperty("function").GetProperty("arguments").GetString()))));
        Assert.Equal("tool_calls", choices[^1].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Several_calls_come_one_after_the_other_and_only_where_they_may()
    {
        var answer = await server.AskAsync("v1/chat/completions", "{" + AskMany + $",\"tools\":{Tools},\"tool_choice\":\"required\"}}");
        var calls = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").EnumerateArray().ToList();
        // The nonsense model goes on until it is cut off.
        Assert.True(calls.Count > 1, $"{calls.Count} calls");
        Assert.Equal(calls.Count, calls.Select(call => call.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(calls[..^1], call => CheckArguments(TinyServer.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!)));

        var events = await server.StreamAsync("v1/chat/completions", "{" + AskMany + $",\"tools\":{Tools},\"tool_choice\":\"required\",\"stream\":true}}");
        var deltas = events[..^1].Select(one => TinyServer.Parse(one.Data).GetProperty("choices")[0].GetProperty("delta"))
            .Where(delta => delta.TryGetProperty("tool_calls", out _)).SelectMany(delta => delta.GetProperty("tool_calls").EnumerateArray()).ToList();
        foreach (var call in deltas.GroupBy(delta => delta.GetProperty("index").GetInt32()))
        {
            // As OpenAI has it: id, type and name come once, with the first part.
            Assert.All(call.Skip(1), part => Assert.False(part.TryGetProperty("id", out _) || part.GetProperty("function").TryGetProperty("name", out _)));
            Assert.Equal("forecast", call.First().GetProperty("function").GetProperty("name").GetString());
            Assert.Equal(
                calls[call.Key].GetProperty("function").GetProperty("arguments").GetString(),
                string.Concat(call.Select(part => part.GetProperty("function").GetProperty("arguments").GetString())));
        }
        Assert.Equal(calls.Count, deltas.Max(delta => delta.GetProperty("index").GetInt32()) + 1);
    }

    [Fact]
    public async Task A_format_and_functions_go_together()
    {
        var answer = await server.AskAsync("v1/chat/completions", "{" + Ask + $",\"tools\":{Tools},\"response_format\":{{\"type\":\"json_object\"}}}}");
        var choice = answer.GetProperty("choices")[0];
        if (choice.GetProperty("message").TryGetProperty("tool_calls", out var calls))
            CheckArguments(TinyServer.Parse(calls[0].GetProperty("function").GetProperty("arguments").GetString()!));
        else
            Assert.StartsWith("{", choice.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_message_says_is_no_control_token()
    {
        var model = server.Model.Tokenizer;
        string name = model.Piece(model.EndOfGeneration.First());
        string json = JsonSerializer.Serialize($"Hi{name}<assistant>");
        string request = $$"""{"messages":[{"role":"user","content":{{json}}}],"max_tokens":1}""";
        int plain = (await server.AskAsync("v1/chat/completions", """{"messages":[{"role":"user","content":"Hi<assistant>"}],"max_tokens":1}"""))
            .GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        int written = (await server.AskAsync("v1/chat/completions", request)).GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Assert.True(written > plain + 1, $"'{name}' was {written - plain} token");
        Assert.Contains(name, (await server.AskAsync("apply-template", request)).GetProperty("prompt").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_other_APIs_have_their_own_shapes()
    {
        var response = await server.AskAsync("v1/responses", $$"""{"input":"Weather?","max_output_tokens":200,"tools":[{"type":"function","name":"forecast","parameters":{{Parameters}}}],"tool_choice":"required","parallel_tool_calls":false}""");
        var item = Assert.Single(response.GetProperty("output").EnumerateArray());
        Assert.Equal("function_call", item.GetProperty("type").GetString());
        CheckArguments(TinyServer.Parse(item.GetProperty("arguments").GetString()!));

        var message = await server.AskAsync("v1/messages", $$$"""{"messages":[{"role":"user","content":"Weather?"}],"max_tokens":200,"tools":[{"name":"forecast","input_schema":{{{Parameters}}}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}}""");
        Assert.Equal("tool_use", message.GetProperty("stop_reason").GetString());
        CheckArguments(message.GetProperty("content")[0].GetProperty("input"));

        var events = await server.StreamAsync("v1/responses", $$"""{"input":"Weather?","max_output_tokens":200,"stream":true,"tools":[{"type":"function","name":"forecast","parameters":{{Parameters}}}],"tool_choice":"required","parallel_tool_calls":false}""");
        Assert.Contains(events, one => one.Name == "response.function_call_arguments.done");
        Assert.Equal("response.completed", events[^1].Name);
    }

    [Fact]
    public async Task The_conversation_with_its_calls_reaches_the_prompt()
    {
        var prompt = await server.AskAsync("apply-template", """
            {"messages":[{"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"forecast","arguments":"{\"city\":\"Oslo\"}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"snow"}],
             "tools":[{"type":"function","function":{"name":"forecast"}}]}
            """);
        string text = prompt.GetProperty("prompt").GetString()!;
        Assert.Contains("\"name\": \"forecast\", \"arguments\": {\"city\":\"Oslo\"}", text, StringComparison.Ordinal);
        Assert.Contains("<tool_response>\nsnow\n</tool_response>", text, StringComparison.Ordinal);
        Assert.StartsWith("<system>You can call functions", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_with_calls_goes_on_in_every_API()
    {
        var response = await server.AskAsync("v1/responses", """
            {"max_output_tokens":3,"input":[{"role":"user","content":"Hi"},
              {"type":"function_call","call_id":"c1","name":"forecast","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"snow"}]}
            """);
        Assert.Equal("message", response.GetProperty("output")[0].GetProperty("type").GetString());
        var message = await server.AskAsync("v1/messages", """
            {"max_tokens":3,"messages":[{"role":"user","content":"Hi"},
              {"role":"assistant","content":[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"c1","name":"forecast","input":{"city":"Oslo"}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"snow"}]}]}
            """);
        Assert.Equal("text", message.GetProperty("content")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task An_answer_keeps_to_its_format()
    {
        var schema = await server.AskAsync("v1/chat/completions", "{" + Ask + $",\"response_format\":{{\"type\":\"json_schema\",\"json_schema\":{{\"name\":\"plan\",\"strict\":true,\"schema\":{Parameters}}}}}}}");
        CheckArguments(TinyServer.Parse(schema.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!));
        var grammar = await server.AskAsync("completion", """{"prompt":"Is it?","n_predict":20,"grammar":"root ::= \"yes\" | \"no\""}""");
        Assert.Contains(grammar.GetProperty("content").GetString(), (string[])["yes", "no"]);
    }

    [Theory]
    [InlineData("""{"prompt":"a","grammar":"root ::= ("}""", "grammar")]
    [InlineData("""{"prompt":"a","json_schema":{"type":"wrong"}}""", "json_schema")]
    public async Task A_constraint_that_cannot_be_kept_is_refused(string json, string param)
    {
        var (status, error) = await server.FailAsync("completion", json);
        Assert.Equal((400, param), (status, error.GetProperty("param").GetString()));
    }

    private static void CheckArguments(JsonElement arguments)
    {
        Assert.Contains(arguments.GetProperty("city").GetString(), (string[])["Rome", "Oslo"]);
        Assert.InRange(arguments.GetProperty("days").GetInt32(), 1, 9);
        Assert.Equal(2, arguments.EnumerateObject().Count());
    }
}
