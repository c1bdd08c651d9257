using System.Runtime.InteropServices;
using System.Text.Json;

namespace Quipu.Server.Tests;

/// <summary>Responses, Anthropic's messages, embeddings, models, and what tells of the server's state.</summary>
public sealed class OtherApiTests(TinyServer server) : IClassFixture<TinyServer>
{
    [Fact]
    public async Task A_response_has_one_message()
    {
        var response = await server.AskAsync("v1/responses", """{"input":"Hello","instructions":"Be brief.","max_output_tokens":5,"metadata":{"a":"b"}}""");
        Assert.Equal("response", response.GetProperty("object").GetString());
        Assert.Equal("incomplete", response.GetProperty("status").GetString());
        Assert.Equal("max_output_tokens", response.GetProperty("incomplete_details").GetProperty("reason").GetString());
        var item = Assert.Single(response.GetProperty("output").EnumerateArray());
        Assert.Equal("output_text", item.GetProperty("content")[0].GetProperty("type").GetString());
        Assert.Equal(5, response.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal("b", response.GetProperty("metadata").GetProperty("a").GetString());
    }

    [Fact]
    public async Task The_events_of_a_response_are_numbered_and_nested()
    {
        var whole = await server.AskAsync("v1/responses", """{"input":[{"role":"user","content":[{"type":"input_text","text":"Go"}]}],"max_output_tokens":5}""");
        var events = await server.StreamAsync("v1/responses", """{"input":[{"role":"user","content":[{"type":"input_text","text":"Go"}]}],"max_output_tokens":5,"stream":true}""");
        var data = events.ConvertAll(one => TinyServer.Parse(one.Data));
        Assert.Equal(events.Select(one => one.Name), data.Select(one => one.GetProperty("type").GetString()));
        Assert.Equal(Enumerable.Range(0, data.Count), data.Select(one => one.GetProperty("sequence_number").GetInt32()));
        string[] order =
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.incomplete",
        ];
        Assert.Equal(order, events.Select(one => one.Name).Distinct());
        string text = string.Concat(data.Where(one => one.GetProperty("type").GetString() == "response.output_text.delta").Select(one => one.GetProperty("delta").GetString()));
        Assert.Equal(whole.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString(), text);
    }

    [Fact]
    public async Task A_message_has_the_shape_of_Anthropic()
    {
        var message = await server.AskAsync("v1/messages", """{"model":"claude","max_tokens":5,"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}]}""");
        Assert.Equal("message", message.GetProperty("type").GetString());
        Assert.Equal("max_tokens", message.GetProperty("stop_reason").GetString());
        string text = message.GetProperty("content")[0].GetProperty("text").GetString()!;
        var usage = message.GetProperty("usage");
        var count = await server.AskAsync("v1/messages/count_tokens", """{"model":"claude","system":"Be brief.","messages":[{"role":"user","content":"Hello"}]}""");
        Assert.Equal(count.GetProperty("input_tokens").GetInt32(), usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("cache_read_input_tokens").GetInt32());

        var events = await server.StreamAsync("v1/messages", """{"max_tokens":5,"stream":true,"system":"Be brief.","messages":[{"role":"user","content":"Hello"}]}""");
        string[] order = ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"];
        Assert.Equal(order, events.Select(one => one.Name).Distinct());
        Assert.Equal(text, string.Concat(events.Where(one => one.Name == "content_block_delta").Select(one => TinyServer.Parse(one.Data).GetProperty("delta").GetProperty("text").GetString())));
    }

    [Fact]
    public async Task A_message_that_is_refused_has_the_error_of_Anthropic_too()
    {
        using var response = await server.PostAsync("v1/messages", """{"messages":[{"role":"user","content":"Hello"}]}""");
        var body = TinyServer.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("error", body.GetProperty("type").GetString());
        Assert.Equal("max_tokens", body.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Embeddings_have_length_one_in_every_form()
    {
        var plain = await server.AskAsync("v1/embeddings", """{"input":["Hello","World"]}""");
        float[] first = Vector(plain, 0);
        Assert.Equal(server.Model.Model.Shape.EmbeddingLength, first.Length);
        Assert.Equal(1, first.Sum(value => value * value), 1e-4);
        Assert.NotEqual(first, Vector(plain, 1));
        Assert.Equal(plain.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), plain.GetProperty("usage").GetProperty("total_tokens").GetInt32());

        var base64 = await server.AskAsync("v1/embeddings", """{"input":"Hello","encoding_format":"base64"}""");
        byte[] bytes = base64.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(first, MemoryMarshal.Cast<byte, float>(bytes).ToArray());

        var shorter = await server.AskAsync("v1/embeddings", """{"input":"Hello","dimensions":16}""");
        Assert.Equal(16, Vector(shorter, 0).Length);
        Assert.Equal(1, Vector(shorter, 0).Sum(value => value * value), 1e-4);

        static float[] Vector(JsonElement list, int index) =>
            [.. list.GetProperty("data")[index].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
    }

    [Theory]
    [InlineData("v1/embeddings", """{"input":""}""", "input")]
    [InlineData("v1/embeddings", """{"input":[]}""", "input")]
    [InlineData("v1/embeddings", """{"input":["a",""]}""", "input[1]")]
    [InlineData("v1/embeddings", """{"input":"a","dimensions":100000}""", "dimensions")]
    [InlineData("v1/embeddings", """{"input":"a","encoding_format":"hex"}""", "encoding_format")]
    [InlineData("v1/responses", """{"input":"a","previous_response_id":"resp_1"}""", "previous_response_id")]
    [InlineData("v1/responses", """{"input":[{"type":"computer_call"}]}""", "input[0].type")]
    [InlineData("v1/messages", """{"max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{}}]}]}""", "messages[0].content[0].type")]
    [InlineData("v1/messages", """{"max_tokens":0,"messages":[{"role":"user","content":"a"}]}""", "max_tokens")]
    [InlineData("detokenize", """{"tokens":[-1]}""", "tokens[0]")]
    [InlineData("tokenize", """{"content":7}""", "content")]
    public async Task A_wrong_field_is_named(string path, string json, string param)
    {
        var (status, error) = await server.FailAsync(path, json);
        Assert.Equal(400, status);
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task The_state_can_be_read()
    {
        var token = TestContext.Current.CancellationToken;
        Assert.Equal("ok", TinyServer.Parse(await server.Client.GetStringAsync("health", token)).GetProperty("status").GetString());
        var props = TinyServer.Parse(await server.Client.GetStringAsync("props", token));
        Assert.Equal(4, props.GetProperty("total_slots").GetInt32());
        Assert.Equal(2048, props.GetProperty("default_generation_settings").GetProperty("n_ctx").GetInt32());
        Assert.Equal(4, TinyServer.Parse(await server.Client.GetStringAsync("slots", token)).GetArrayLength());
        var model = TinyServer.Parse(await server.Client.GetStringAsync("v1/models", token)).GetProperty("data")[0];
        string id = model.GetProperty("id").GetString()!;
        Assert.Equal(id, TinyServer.Parse(await server.Client.GetStringAsync("v1/models/" + id, token)).GetProperty("id").GetString());
        using var unknown = await server.Client.GetAsync("v1/models/other", token);
        Assert.Equal((404, "model_not_found"), await TinyServer.ReadErrorAsync(unknown) is var (status, error) ? (status, error.GetProperty("code").GetString()) : default);
    }

    [Fact]
    public async Task Metrics_count_what_happened()
    {
        await server.AskAsync("v1/completions", """{"prompt":"One","max_tokens":3}""");
        using var unknown = await server.Client.GetAsync("v1/models/other", TestContext.Current.CancellationToken);
        string text = await server.Client.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Contains("quipu_requests_total{route=\"/v1/models/{id}\",status=\"404\"} ", text, StringComparison.Ordinal);
        Assert.Matches("quipu_requests_total\\{route=\"/v1/completions\",status=\"200\"\\} [1-9]", text);
        Assert.Matches("quipu_generated_tokens_total [1-9]", text);
        Assert.Matches("quipu_slots 4\n", text);
        Assert.Matches("quipu_first_token_seconds_count [1-9]", text);
        // Every line is a comment or a sample with a number. A label's value may hold braces, as a route does.
        const string Label = "[a-z_]+=\"[^\"]*\"";
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches($"^(# (HELP|TYPE) |[a-z_:]+(\\{{{Label}(,{Label})*\\}})? -?[0-9.E+-]+$)", line));
    }

    [Fact]
    public async Task The_description_has_every_route_and_no_other()
    {
        var document = TinyServer.Parse(await server.Client.GetStringAsync("openapi.json", TestContext.Current.CancellationToken));
        Assert.Equal("1.2.3", document.GetProperty("info").GetProperty("version").GetString());
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(member => member.Name is "get" or "post").Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(server.Server.Endpoints.Order(), described.Order());
    }
}
