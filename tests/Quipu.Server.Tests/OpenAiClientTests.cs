using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using Quipu.Testing;

namespace Quipu.Server.Tests;

/// <summary>OpenAI's own clients, unmodified, against the running program with the bundled model.</summary>
public sealed class OpenAiClientTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly OpenAIClient _client = new(
        new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(server.Url + "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    [Fact]
    public async Task Chat()
    {
        var chat = _client.GetChatClient("any");
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 6, Temperature = 0 };
        ChatCompletion answer = await chat.CompleteChatAsync([new UserChatMessage("Say hello.")], options, Token);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(6, answer.Usage.OutputTokenCount);

        string text = "";
        await foreach (var part in chat.CompleteChatStreamingAsync([new UserChatMessage("Say hello.")], options, Token))
            text += string.Concat(part.ContentUpdate.Select(content => content.Text));
        Assert.Equal(answer.Content[0].Text, text);
    }

    [Fact]
    public async Task Embeddings()
    {
        EmbeddingClient embeddings = _client.GetEmbeddingClient("any");
        OpenAIEmbeddingCollection vectors = await embeddings.GenerateEmbeddingsAsync(["a cat", "a kitten", "the price of oil"], null, Token);
        Assert.Equal(3, vectors.Count);
        float[][] values = [.. vectors.Select(vector => vector.ToFloats().ToArray())];
        Assert.All(values, value => Assert.Equal(1, value.Sum(element => element * element), 1e-3));
        Assert.True(Similarity(values[0], values[1]) > Similarity(values[0], values[2]));

        static float Similarity(float[] left, float[] right) => left.Zip(right, (a, b) => a * b).Sum();
    }

    [Fact]
    public async Task Models()
    {
        OpenAIModelCollection models = await _client.GetOpenAIModelClient().GetModelsAsync(Token);
        Assert.Equal("SmolLM2-135M-Instruct-Q4_1", Assert.Single(models).Id);
    }

    [Fact]
    public async Task Tools_there_and_back()
    {
        var chat = _client.GetChatClient("any");
        var tool = ChatTool.CreateFunctionTool("forecast", "The weather.", BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string","maxLength":12}},"required":["city"],"additionalProperties":false}"""));
        List<ChatMessage> messages = [new UserChatMessage("What is the weather in Oslo?")];
        var options = new ChatCompletionOptions
        {
            MaxOutputTokenCount = 60,
            Temperature = 0,
            Tools = { tool },
            ToolChoice = ChatToolChoice.CreateRequiredChoice(),
            AllowParallelToolCalls = false,
        };
        ChatCompletion answer = await chat.CompleteChatAsync(messages, options, Token);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        var call = Assert.Single(answer.ToolCalls);
        Assert.Equal("forecast", call.FunctionName);
        using (var arguments = JsonDocument.Parse(call.FunctionArguments))
            Assert.Equal(JsonValueKind.String, arguments.RootElement.GetProperty("city").ValueKind);

        // Streamed, the same call comes in pieces.
        string name = "", text = "";
        int pieces = 0;
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, Token))
            foreach (var part in update.ToolCallUpdates)
            {
                name += part.FunctionName;
                text += part.FunctionArgumentsUpdate?.ToString();
                pieces++;
            }
        Assert.Equal((call.FunctionName, call.FunctionArguments.ToString()), (name, text));
        Assert.True(pieces > 2, $"{pieces} pieces");

        messages.Add(new AssistantChatMessage(answer));
        messages.Add(new ToolChatMessage(call.Id, "snow"));
        options.ToolChoice = ChatToolChoice.CreateNoneChoice();
        options.MaxOutputTokenCount = 8;
        ChatCompletion last = await chat.CompleteChatAsync(messages, options, Token);
        Assert.NotEmpty(last.Content[0].Text);
        Assert.Empty(last.ToolCalls);
    }

    [Fact]
    public async Task Structured_output()
    {
        var options = new ChatCompletionOptions
        {
            MaxOutputTokenCount = 60,
            Temperature = 0,
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat(
                "city",
                BinaryData.FromString("""{"type":"object","properties":{"name":{"type":"string","maxLength":20},"north":{"type":"boolean"}},"required":["name","north"],"additionalProperties":false}"""),
                jsonSchemaIsStrict: true),
        };
        ChatCompletion answer = await _client.GetChatClient("any").CompleteChatAsync([new UserChatMessage("Name a city.")], options, Token);
        using var city = JsonDocument.Parse(answer.Content[0].Text);
        Assert.Equal(["name", "north"], city.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Errors()
    {
        var chat = _client.GetChatClient("any");
        var error = await Assert.ThrowsAsync<ClientResultException>(
            () => chat.CompleteChatAsync([new UserChatMessage("Hi")], new ChatCompletionOptions { Temperature = 9 }, Token));
        Assert.Equal(400, error.Status);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
        string tooLong = string.Concat(Enumerable.Repeat("word ", 2000));
        var full = await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage(tooLong)], null, Token));
        Assert.Equal(400, full.Status);
        Assert.Contains("1024", full.Message, StringComparison.Ordinal);
        var absent = await Assert.ThrowsAsync<ClientResultException>(() => _client.GetOpenAIModelClient().GetModelAsync("other", Token));
        Assert.Equal(404, absent.Status);
    }

    [Fact]
    public async Task The_client_of_npm()
    {
        string folder = Path.Combine(TestPaths.Root, "tests", "openai-node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
            Assert.Skip("The npm client is not installed: npm ci in tests/openai-node.");
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(folder, "run.mjs"), server.Url + "v1"]) { RedirectStandardOutput = true })!;
        string output = await node.StandardOutput.ReadToEndAsync(Token);
        await node.WaitForExitAsync(Token);
        Assert.True(node.ExitCode == 0, output);
    }
}

/// <summary>How the program ends.</summary>
public sealed class StoppingTests
{
    [Fact]
    public async Task SIGTERM_ends_the_program_with_0()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no SIGTERM.");
        await using var server = new RunningServer();
        await server.InitializeAsync();
        Assert.Equal(0, await server.TerminateAsync());
        Assert.Contains("stopping", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_mode_flag_the_chat_and_the_server_share_the_model()
    {
        await using var server = RunningServer.BesideTheChat();
        await server.InitializeAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Url) };
        using var content = new StringContent(
            """{"messages":[{"role":"user","content":"Say hello."}],"max_tokens":12,"temperature":0}""", System.Text.Encoding.UTF8, "application/json");
        await server.WriteLineAsync("Say hello.");
        using var response = await http.PostAsync("v1/chat/completions", content, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Contains("\"content\":\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await server.WriteLineAsync("/exit");
        Assert.Equal(0, await server.WaitAsync());
        Assert.NotEmpty(server.Output.Trim());
    }
}
