using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
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
    public async Task Tools()
    {
        var tool = ChatTool.CreateFunctionTool("forecast", "The weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""));
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 6, Temperature = 0, Tools = { tool } };
        ChatCompletion answer = await _client.GetChatClient("any").CompleteChatAsync(
            [
                new UserChatMessage("What is the weather in Oslo?"),
                new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall("c1", "forecast", BinaryData.FromString("{\"city\":\"Oslo\"}"))]),
                new ToolChatMessage("c1", "snow"),
            ],
            options,
            Token);
        Assert.NotEmpty(answer.Content[0].Text);
    }

    [Fact]
    public async Task Errors()
    {
        var chat = _client.GetChatClient("any");
        var error = await Assert.ThrowsAsync<ClientResultException>(
            () => chat.CompleteChatAsync([new UserChatMessage("Hi")], new ChatCompletionOptions { Temperature = 9 }, Token));
        Assert.Equal(400, error.Status);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
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
}
