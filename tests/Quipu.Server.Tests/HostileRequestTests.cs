using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Quipu.Server.Tests;

/// <summary>Requests that nobody means well: each gets a refusal of the usual shape, and the server lives on.</summary>
public sealed class HostileRequestTests(TinyServer server) : IClassFixture<TinyServer>
{
    private static readonly (string Path, string Body)[] Seeds =
    [
        ("v1/chat/completions", """{"messages":[{"role":"user","content":"Hi"}],"max_tokens":1,"temperature":0.5,"stop":["a"],"logit_bias":{"5":1},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"response_format":{"type":"text"}}"""),
        ("v1/completions", """{"prompt":["a",[1,2]],"max_tokens":1,"n":1,"logprobs":1,"echo":false}"""),
        ("v1/responses", """{"input":[{"role":"user","content":[{"type":"input_text","text":"a"}]}],"max_output_tokens":1}"""),
        ("v1/messages", """{"max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"stop_sequences":["x"]}"""),
        ("v1/embeddings", """{"input":["a"],"dimensions":4,"encoding_format":"float"}"""),
        ("completion", """{"prompt":[1,"a"],"n_predict":1,"samplers":["top_k"],"mirostat":0}"""),
        ("v1/messages", """{"max_tokens":1,"messages":[{"role":"user","content":"a"}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{"a":{"type":"string","pattern":"^a+$"}}}}],"tool_choice":{"type":"any"}}"""),
        ("v1/responses", """{"input":"a","max_output_tokens":1,"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object","properties":{"a":{"minimum":1,"maxLength":2,"enum":[1,"b"]}},"required":["a"]}}}}"""),
        ("completion", """{"prompt":"a","n_predict":1,"grammar":"root ::= [a-z]{1,3} \"x\"* (\"b\" | root)","logit_bias":[[1,2]],"context_shift":true,"n_keep":1}"""),
        ("apply-template", """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"1","content":"b"}]}"""),
        ("tokenize", """{"content":"a","add_special":true}"""),
        ("detokenize", """{"tokens":[1,2,3]}"""),
    ];

    private static readonly string[] Splinters =
    [
        "null", "-1", "1e999", "99999999999999999999", "\"\"", "[]", "{}", "true", "\"\\ud800\"", "[[[[[[]]]]]]", "1.5", "\"a\\u0000b\"", "-0", "NaN", "{\"a\":{\"a\":1}}",
    ];

    [Fact]
    public async Task Changed_requests_are_answered_or_refused()
    {
        var random = new Random(20260726);
        (string Path, byte[] Body)[] requests = [.. Enumerable.Range(0, 5000).Select(_ => Mutate(random, Seeds[random.Next(Seeds.Length)]))];
        int answered = 0, refused = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(requests, parallel, async (request, cancellationToken) =>
        {
            using var content = new ByteArrayContent(request.Body);
            content.Headers.ContentType = new("application/json");
            using var response = await server.Client.PostAsync(request.Path, content, cancellationToken);
            int status = (int)response.StatusCode;
            if (status == 200)
            {
                Interlocked.Increment(ref answered);
                return;
            }
            Assert.True(status is 400 or 413 or 429, $"{status} to {request.Path}: {Encoding.UTF8.GetString(request.Body)}");
            await TinyServer.ReadErrorAsync(response);
            Interlocked.Increment(ref refused);
        });
        Assert.True(refused > 2500 && answered > 100, $"{refused} refused, {answered} answered");
        Assert.True(await server.BecomesIdleAsync());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"messages\":")]
    [InlineData("{\"content\":\"\\ud83d\"}")]
    [InlineData("{\"content\":\"a\",}")]
    public async Task What_is_no_JSON_object_is_refused(string body)
    {
        var (status, error) = await server.FailAsync("tokenize", body);
        Assert.Equal((400, "invalid_json"), (status, error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        var (status, _) = await server.FailAsync("tokenize", "{\"content\":" + new string('[', 100_000) + new string(']', 100_000) + "}");
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        using var content = new ByteArrayContent([.. "{\"content\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var response = await server.Client.PostAsync("tokenize", content, TestContext.Current.CancellationToken);
        Assert.Equal(400, (await TinyServer.ReadErrorAsync(response)).Status);
    }

    [Fact]
    public async Task What_is_no_HTTP_does_not_end_the_server()
    {
        var random = new Random(1);
        for (int i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, server.Server.Port, TestContext.Current.CancellationToken);
            byte[] noise = new byte[random.Next(1, 4096)];
            random.NextBytes(noise);
            await socket.GetStream().WriteAsync(noise, TestContext.Current.CancellationToken);
        }
        Assert.Equal("ok", TinyServer.Parse(await server.Client.GetStringAsync("health", TestContext.Current.CancellationToken)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("v1/models/..%2f..%2fetc%2fpasswd")]
    [InlineData("index.html/../../x")]
    public async Task No_path_reaches_a_file(string path)
    {
        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(404, (await TinyServer.ReadErrorAsync(response)).Status);
    }

    private static (string Path, byte[] Body) Mutate(Random random, (string Path, string Body) seed)
    {
        string body = seed.Body;
        switch (random.Next(4))
        {
            case 0: // a value in place of another
                int colon = body.IndexOf(':', random.Next(body.Length / 2));
                int end = body.AsSpan(colon).IndexOfAny(",}]") + colon;
                body = body[..(colon + 1)] + Splinters[random.Next(Splinters.Length)] + body[end..];
                break;
            case 1: // cut off
                body = body[..random.Next(body.Length)];
                break;
            case 2: // something put in
                int at = random.Next(body.Length);
                body = body[..at] + Splinters[random.Next(Splinters.Length)] + body[at..];
                break;
            default: // bytes changed
                byte[] bytes = Encoding.UTF8.GetBytes(body);
                for (int i = random.Next(1, 4); i > 0; i--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return (seed.Path, bytes);
        }
        return (seed.Path, Encoding.UTF8.GetBytes(body));
    }
}
