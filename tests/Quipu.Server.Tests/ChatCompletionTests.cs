using System.Text.Json;

namespace Quipu.Server.Tests;

/// <summary><c>/v1/chat/completions</c>.</summary>
public sealed class ChatCompletionTests(TinyServer server) : IClassFixture<TinyServer>
{
    private const string Path = "v1/chat/completions";

    [Fact]
    public async Task An_answer_has_the_shape_of_OpenAI()
    {
        var answer = await server.AskAsync(Path, """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":5}""");
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.Equal("tiny2l-Q4_0", answer.GetProperty("model").GetString());
        var choice = Assert.Single(answer.GetProperty("choices").EnumerateArray());
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.String, choice.GetProperty("message").GetProperty("content").ValueKind);
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        var usage = answer.GetProperty("usage");
        Assert.Equal(5, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32() + 5, usage.GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_says_the_same_as_a_whole_answer()
    {
        const string messages = """ "messages":[{"role":"user","content":"Tell me"}],"max_tokens":12 """;
        var whole = await server.AskAsync(Path, "{" + messages + "}");
        var events = await server.StreamAsync(Path, "{" + messages + ", \"stream\":true, \"stream_options\":{\"include_usage\":true}}");
        Assert.Equal("[DONE]", events[^1].Data);
        var chunks = events[..^1].ConvertAll(one => TinyServer.Parse(one.Data));
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("assistant", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        string text = string.Concat(chunks[..^1].Select(Content));
        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), text);
        Assert.Equal("length", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Empty(chunks[^1].GetProperty("choices").EnumerateArray());
        Assert.Equal(12, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());

        static string Content(JsonElement chunk) =>
            chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";
    }

    [Fact]
    public async Task Several_answers_share_the_prompt_and_differ_with_a_temperature()
    {
        var answer = await server.AskAsync(Path, """{"messages":[{"role":"user","content":"Roll"}],"n":3,"max_tokens":8,"temperature":2,"top_k":0,"top_p":1,"min_p":0,"seed":7}""");
        string?[] texts = [.. answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString())];
        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal(24, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        var again = await server.AskAsync(Path, """{"messages":[{"role":"user","content":"Roll"}],"n":3,"max_tokens":8,"temperature":2,"top_k":0,"top_p":1,"min_p":0,"seed":7}""");
        Assert.Equal(texts, again.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Log_probabilities_stand_beside_each_token()
    {
        var answer = await server.AskAsync(Path, """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":4,"logprobs":true,"top_logprobs":3}""");
        var tokens = answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(4, tokens.Count);
        Assert.All(tokens, token =>
        {
            Assert.Equal(3, token.GetProperty("top_logprobs").GetArrayLength());
            // At temperature 0 the likeliest token is the one that is chosen.
            Assert.Equal(token.GetProperty("token").GetString(), token.GetProperty("top_logprobs")[0].GetProperty("token").GetString());
            Assert.InRange(token.GetProperty("logprob").GetDouble(), -100, 0);
            Assert.Equal(JsonValueKind.Array, token.GetProperty("bytes").ValueKind);
        });
    }

    [Fact]
    public async Task The_next_turn_does_not_compute_the_conversation_again()
    {
        const string first = """{"role":"user","content":"The quick brown fox jumps over the lazy dog, again and again and again"}""";
        var one = await server.AskAsync(Path, $$"""{"messages":[{{first}}],"max_tokens":4}""");
        string said = JsonSerializer.Serialize(one.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var two = await server.AskAsync(Path, $$"""{"messages":[{{first}},{"role":"assistant","content":{{said}}},{"role":"user","content":"And then?"}],"max_tokens":4}""");
        int cached = two.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();
        Assert.True(cached >= one.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() / 2, $"{cached} tokens were cached.");
    }

    [Fact]
    public async Task A_bias_forbids_and_forces_tokens()
    {
        int token = server.Model.Tokenizer.Encode("x", addSpecial: false, parseSpecial: false)[^1];
        var forced = await server.AskAsync(Path, $$$"""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":3,"logit_bias":{"{{{token}}}":100}}""");
        string text = forced.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal("xxx", text.Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{}""", "messages")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":"Hi"}""", "messages")]
    [InlineData("""{"messages":[1]}""", "messages[0]")]
    [InlineData("""{"messages":[{"content":"Hi"}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"boss","content":"Hi"}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"temperature":"hot"}""", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"temperature":-1}""", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"temperature":1e400}""", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"top_p":1.5}""", "top_p")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"n":0}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"n":1.5}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":99999999999}""", "max_tokens")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"stop":[""]}""", "stop[0]")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"logit_bias":{"x":1}}""", "logit_bias")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"logit_bias":{"999999999":1}}""", "logit_bias")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"top_logprobs":3}""", "top_logprobs")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"stream_options":{"include_usage":true}}""", "stream_options")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"xml"}}""", "response_format.type")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema"}}""", "response_format.json_schema")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"a b"}}]}""", "tools[0].function.name")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"tool_choice":"required"}""", "tool_choice")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"functions":[]}""", "functions")]
    public async Task A_wrong_field_is_named(string json, string param)
    {
        var (status, error) = await server.FailAsync(Path, json);
        Assert.Equal(400, status);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Contains(param, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_that_does_not_fit_is_refused_with_the_numbers()
    {
        string text = string.Concat(Enumerable.Repeat("word ", 2500));
        foreach (string stream in (string[])["false", "true"])
        {
            var (status, error) = await server.FailAsync(Path, $$"""{"messages":[{"role":"user","content":"{{text}}"}],"stream":{{stream}}}""");
            Assert.Equal(400, status);
            Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
            Assert.Contains("2048", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Unknown_fields_are_accepted() =>
        await server.AskAsync(Path, """{"messages":[{"role":"user","content":"Hi","mood":1}],"max_tokens":1,"service_tier":"auto","user":"me","novelty":{"a":[]}}""");

    [Fact]
    public async Task A_client_that_goes_away_frees_its_slot()
    {
        using (var leave = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path)
            {
                Content = new StringContent("""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":-1,"ignore_eos":true,"stream":true}"""),
            };
            request.Content.Headers.ContentType = new("application/json");
            using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
            Assert.True(response.IsSuccessStatusCode);
        }
        Assert.True(await server.BecomesIdleAsync());
    }

    [Fact]
    public async Task The_template_can_be_seen()
    {
        var prompt = await server.AskAsync("apply-template", """{"messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Hi"}]}]}""");
        Assert.Equal("<system>Be brief.\n<user>Hi\n<assistant>", prompt.GetProperty("prompt").GetString());
    }
}
