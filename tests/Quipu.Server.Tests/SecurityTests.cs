using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Quipu.Server.Tests;

/// <summary>Who may ask, and how much.</summary>
public sealed class SecurityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_opens_everything_but_what_has_no_lock()
    {
        await using var server = await TinyServer.StartAsync(options => options with { ApiKeys = ["sesame-1", "sesame-2"] });
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("health", Token)).StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await server.Client.GetAsync("/", Token)).StatusCode);
        foreach (string path in server.Server.Endpoints.Where(route => route.StartsWith("GET ", StringComparison.Ordinal)).Select(route => route[4..]))
        {
            if (path is "/" or "/index.html" or "/health" or "/v1/health")
                continue;
            using var refused = await server.Client.GetAsync(path, Token);
            var (status, error) = await TinyServer.ReadErrorAsync(refused);
            Assert.Equal((401, "invalid_api_key"), (status, error.GetProperty("code").GetString()));
        }
        foreach (string wrong in (string[])["Bearer sesame-3", "Bearer sesame-", "Bearer ", "Basic sesame-1", "sesame-1"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(server, "authorization", wrong)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "authorization", "Bearer sesame-1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "authorization", "bearer sesame-2")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, "x-api-key", "sesame-2")).StatusCode);
        Assert.DoesNotContain("sesame", server.Log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example:8080", HttpStatusCode.Forbidden)]
    [InlineData("localhost:1234", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", HttpStatusCode.OK)]
    [InlineData("proxy.example", HttpStatusCode.OK)]
    public async Task A_loopback_server_answers_to_its_own_names_alone(string host, HttpStatusCode expected)
    {
        await using var server = await TinyServer.StartAsync(options => options with { AllowedHosts = ["proxy.example"] });
        Assert.Equal(expected, (await SendAsync(server, "Host", host)).StatusCode);
    }

    [Fact]
    public async Task Foreign_pages_are_refused_unless_they_are_named()
    {
        await using var server = await TinyServer.StartAsync(options => options with { CorsOrigins = ["https://friend.example"] });
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, "Origin", "https://evil.example")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, "Origin", "null")).StatusCode);
        using var own = await SendAsync(server, "Origin", server.Server.Url.TrimEnd('/'));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.False(own.Headers.Contains("Access-Control-Allow-Origin"));
        using var friend = await SendAsync(server, "Origin", "https://friend.example");
        Assert.Equal("https://friend.example", friend.Headers.GetValues("Access-Control-Allow-Origin").Single());

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "v1/chat/completions");
        preflight.Headers.Add("Origin", "https://friend.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var answer = await server.Client.SendAsync(preflight, Token);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("authorization,content-type", answer.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_of_caution()
    {
        await using var server = await TinyServer.StartAsync(options => options);
        foreach (string path in (string[])["health", "nothing", "v1/models"])
        {
            using var response = await server.Client.GetAsync(path, Token);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
            Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.StartsWith("req_", response.Headers.GetValues("X-Request-Id").Single(), StringComparison.Ordinal);
            Assert.Empty(response.Headers.Server);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var server = await TinyServer.StartAsync(options => options with { MaxBodyBytes = 1000 });
        var (status, error) = await server.FailAsync("tokenize", $$"""{"content":"{{new string('x', 2000)}}"}""");
        Assert.Equal((413, "request_too_large"), (status, error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_client_that_does_not_finish_its_request_is_let_go()
    {
        await using var server = await TinyServer.StartAsync(options => options with { Timeout = TimeSpan.FromSeconds(1) });
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Server.Port, Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"), Token);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Without_room_in_the_queue_a_request_is_refused_with_a_time_to_come_back()
    {
        await using var server = await TinyServer.StartAsync(options => options);
        const string longOne = """{"prompt":"a","max_tokens":200,"ignore_eos":true}""";
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => server.PostAsync("v1/completions", longOne)));
        Assert.All(all, response => Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        var refused = all.First(response => response.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal("rate_limit_exceeded", (await TinyServer.ReadErrorAsync(refused)).Error.GetProperty("code").GetString());
        Assert.Contains(all, response => response.StatusCode == HttpStatusCode.OK);
        Assert.True(await server.BecomesIdleAsync());
    }

    [Fact]
    public async Task Stopping_lets_answers_finish_or_tells_them()
    {
        var server = await TinyServer.StartAsync(options => options with { GraceTime = TimeSpan.FromMilliseconds(300) });
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent("""{"prompt":"a","max_tokens":100000,"ignore_eos":true,"stream":true,"n":4}""", Encoding.UTF8, "application/json"),
        };
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var stop = server.Server.StopAsync();
        string body = await response.Content.ReadAsStringAsync(Token);
        await stop;
        // The context of 2048 may have been full before the time was over.
        Assert.True(body.Contains("server_stopping", StringComparison.Ordinal) || body.Contains("[DONE]", StringComparison.Ordinal), body[^200..]);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Paths_begin_with_the_prefix()
    {
        await using var server = await TinyServer.StartAsync(options => options with { UrlPrefix = "/llm/" });
        Assert.EndsWith("/llm/", server.Server.Url, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("health", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync("/health", Token)).StatusCode);
        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Client.BaseAddress };
        foreach (string path in (string[])["/", "/llm"])
        {
            using var sent = await direct.GetAsync(path, Token);
            Assert.Equal("/llm/", sent.Headers.Location?.OriginalString);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await direct.PostAsync("/", null, Token)).StatusCode);
        Assert.Contains("\"/llm/\"", await server.Client.GetStringAsync("openapi.json", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_makes_it_listen_on_a_higher_one()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var server = await TinyServer.StartAsync(options => options with { Port = port });
        Assert.InRange(server.Server.Port, port + 1, port + 10);
    }

    private static async Task<HttpResponseMessage> SendAsync(TinyServer server, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/models");
        Assert.True(request.Headers.TryAddWithoutValidation(header, value));
        return await server.Client.SendAsync(request, Token);
    }
}
