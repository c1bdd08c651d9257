using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Quipu.Extensions.AI.Tests;

/// <summary>Functions and formats, with the bundled model.</summary>
public sealed class ToolTests(BundledModel model) : IClassFixture<BundledModel>, IDisposable
{
    private readonly QuipuChatClient _client = new(model.Scheduler, BundledModel.Greedy with { MaxTokens = 120 });

    private readonly List<string> _asked = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AIFunction Forecast => AIFunctionFactory.Create(
        ([Description("The city.")] City city, int days) =>
        {
            _asked.Add($"{city} {days}");
            return "It will snow.";
        },
        "forecast",
        "Tells the weather of the next days.",
        new JsonSerializerOptions(AIJsonUtilities.DefaultOptions) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter<City>() } });

    private enum City
    {
        Oslo,
        Rome,
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_required_call_has_arguments_of_the_schema()
    {
        var options = new ChatOptions { Tools = [Forecast], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false };
        var response = await _client.GetResponseAsync("What is the weather in Oslo?", options, Cancellation);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        var call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal("forecast", call.Name);
        Assert.Null(call.Exception);
        Assert.Contains(call.Arguments!["city"]!.ToString(), Enum.GetNames<City>());
        Assert.Equal(JsonValueKind.Number, ((JsonElement)call.Arguments["days"]!).ValueKind);
    }

    [Fact]
    public async Task A_named_function_is_the_one_that_is_called()
    {
        var options = new ChatOptions
        {
            Tools = [Forecast, AIFunctionFactory.Create(() => "12:00", "clock", "Tells the time.")],
            ToolMode = ChatToolMode.RequireSpecific("clock"),
            AllowMultipleToolCalls = false,
        };
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in _client.GetStreamingResponseAsync("What is the weather?", options, Cancellation))
            updates.Add(update);
        var call = Assert.Single(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("clock", 0), (call.Name, call.Arguments!.Count));
        Assert.DoesNotContain(updates, update => update.Text.Length > 0);
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    [Fact]
    public async Task The_middleware_that_invokes_functions_works()
    {
        using var client = new FunctionInvokingChatClient(_client);
        var options = new ChatOptions { Tools = [Forecast], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false };
        // The middleware takes the requirement back after the first call.
        var response = await client.GetResponseAsync("What is the weather in Oslo?", options, Cancellation);
        Assert.Single(_asked);
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant], response.Messages.Select(message => message.Role));
        Assert.Equal("It will snow.", response.Messages[1].Contents.OfType<FunctionResultContent>().Single().Result?.ToString());
    }

    [Fact]
    public async Task Without_need_the_model_may_just_talk()
    {
        var options = new ChatOptions { Tools = [Forecast], ToolMode = ChatToolMode.Auto, MaxOutputTokens = 16 };
        List<AIMessage> conversation =
        [
            new(ChatRole.User, "What is the weather in Oslo?"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "forecast", new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = 1 })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", new { temperature = -4 })]),
        ];
        var response = await _client.GetResponseAsync(conversation, options, Cancellation);
        Assert.True(response.Text.Length > 0 || response.FinishReason == ChatFinishReason.ToolCalls);
        options.ToolMode = ChatToolMode.None;
        Assert.NotEmpty((await _client.GetResponseAsync("Say hello.", options, Cancellation)).Text);
    }

    [Fact]
    public async Task An_answer_keeps_to_its_format()
    {
        var any = await _client.GetResponseAsync(
            "Describe Ada in JSON.", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 100 }, Cancellation);
        Assert.StartsWith("{", any.Text, StringComparison.Ordinal);
        var typed = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema("""{"type":"object","properties":{"city":{"enum":["Oslo","Rome"]},"warm":{"type":"boolean"}},"required":["city","warm"],"additionalProperties":false}""")) };
        using var answer = JsonDocument.Parse((await _client.GetResponseAsync("Which city is warm?", typed, Cancellation)).Text);
        Assert.Contains(answer.RootElement.GetProperty("city").GetString(), Enum.GetNames<City>());
        Assert.True(answer.RootElement.GetProperty("warm").ValueKind is JsonValueKind.True or JsonValueKind.False);
        // The extension method makes the schema of a type and reads the answer.
        var review = await _client.GetResponseAsync<Review>("Rate the film.", cancellationToken: Cancellation);
        Assert.True(review.TryGetResult(out var result), review.Text);
        Assert.InRange(result.Stars, int.MinValue, int.MaxValue);
    }

    [Fact]
    public async Task What_cannot_be_kept_is_refused_with_a_reason()
    {
        var format = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema("""{"not":{}}""")) };
        var schema = await Assert.ThrowsAsync<Engine.Grammars.GrammarException>(() => _client.GetResponseAsync("Hello", format, Cancellation));
        Assert.Contains("'not'", schema.Message, StringComparison.Ordinal);
        var search = new ChatOptions { Tools = [new HostedWebSearchTool()] };
        await Assert.ThrowsAsync<NotSupportedException>(() => _client.GetResponseAsync("Hello", search, Cancellation));
        var missing = new ChatOptions { Tools = [Forecast], ToolMode = ChatToolMode.RequireSpecific("other") };
        await Assert.ThrowsAsync<ArgumentException>(() => _client.GetResponseAsync("Hello", missing, Cancellation));
    }

    private static JsonElement Schema(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private sealed record Review(int Stars, bool Recommended);
}
