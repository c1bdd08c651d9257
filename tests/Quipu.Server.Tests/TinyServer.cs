using System.Net;
using System.Text;
using System.Text.Json;
using Quipu.Cpu;
using Quipu.Engine;
using Quipu.Engine.Sampling;
using Quipu.Engine.Scheduling;
using Quipu.Testing;

namespace Quipu.Server.Tests;

/// <summary>A server in this process over the two-layer model, whose answers are nonsense, but fast and always the same at temperature 0.</summary>
public sealed class TinyServer : IAsyncLifetime
{
    public const string Template =
        "{%- for message in messages %}{{ '<' + message.role + '>' + (message.content or '') + '\\n' }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    private readonly Func<ServerOptions, ServerOptions> _change;
    private readonly CpuDevice _device = new(new CpuDeviceOptions { Threads = 1 });
    private QuipuServer? _server;

    public TinyServer()
        : this(options => options)
    {
    }

    private TinyServer(Func<ServerOptions, ServerOptions> change)
    {
        _change = change;
        Model = LanguageModel.Load(TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"), _device, Template);
        Scheduler = new InferenceScheduler(Model, _device, new SchedulerOptions { Slots = 4, QueueLength = 8, ContextLength = 2048, MicroBatchSize = 64, CacheBytes = 16 << 20 });
    }

    public LanguageModel Model { get; }

    public InferenceScheduler Scheduler { get; }

    public StringWriter Log { get; } = new();

    public HttpClient Client { get; private set; } = new();

    public QuipuServer Server => _server!;

    /// <summary>A server with other options.</summary>
    public static async Task<TinyServer> StartAsync(Func<ServerOptions, ServerOptions> change)
    {
        var server = new TinyServer(change);
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync()
    {
        var options = new ServerOptions
        {
            Port = 0,
            Generation = new GenerationOptions { MaxTokens = 8, Sampling = new SamplingOptions { Temperature = 0 } },
            Version = "1.2.3",
            Log = TextWriter.Synchronized(Log),
        };
        _server = await QuipuServer.StartAsync(Scheduler, _change(options), TestContext.Current.CancellationToken);
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(Server.Url), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Sends JSON.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    /// <summary>Sends JSON, and reads the JSON of the answer, which must be a success.</summary>
    public async Task<JsonElement> AskAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {body}");
        return Parse(body);
    }

    /// <summary>Sends JSON, and reads the error of the answer.</summary>
    public async Task<(int Status, JsonElement Error)> FailAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        return await ReadErrorAsync(response);
    }

    /// <summary>Reads the error of an answer, which must have OpenAI's shape.</summary>
    public static async Task<(int Status, JsonElement Error)> ReadErrorAsync(HttpResponseMessage response)
    {
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode >= 400, body);
        var error = Parse(body).GetProperty("error");
        Assert.Equal(JsonValueKind.String, error.GetProperty("message").ValueKind);
        Assert.Equal(JsonValueKind.String, error.GetProperty("type").ValueKind);
        Assert.True(error.TryGetProperty("param", out _) && error.TryGetProperty("code", out _), body);
        return ((int)response.StatusCode, error);
    }

    /// <summary>Sends JSON, and reads the events of the answer: their names, where they have some, and data.</summary>
    public async Task<List<(string? Name, string Data)>> StreamAsync(string path, string json)
    {
        using var response = await PostAsync(path, json);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        List<(string?, string)> events = [];
        foreach (string one in body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = one.Split('\n');
            string? name = lines.FirstOrDefault(line => line.StartsWith("event: ", StringComparison.Ordinal))?[7..];
            events.Add((name, lines.Single(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..]));
        }
        return events;
    }

    /// <summary>Waits until no slot is busy.</summary>
    public async Task<bool> BecomesIdleAsync()
    {
        for (int i = 0; i < 500; i++)
        {
            var snapshot = Scheduler.Snapshot();
            if (snapshot.Waiting == 0 && snapshot.Slots.All(slot => slot.State == SlotState.Idle))
                return true;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        return false;
    }

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Scheduler.DisposeAsync();
        Model.Dispose();
        _device.Dispose();
        await Log.DisposeAsync();
    }
}
