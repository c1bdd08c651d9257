using System.Text;
using Microsoft.Extensions.AI;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Quipu.Extensions.AI.Tests;

public sealed class ChatClientTests(BundledModel model) : IClassFixture<BundledModel>, IDisposable
{
    private readonly QuipuChatClient _client = new(model.Scheduler, BundledModel.Greedy);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task An_answer_comes_with_its_reason_and_usage()
    {
        var response = await _client.GetResponseAsync("What is the capital of France?", cancellationToken: Cancellation);
        Assert.Equal(await Expected([new("user", "What is the capital of France?")]), response.Text);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
        Assert.NotNull(response.FinishReason);
        Assert.Equal(model.Language.Name, response.ModelId);
        Assert.InRange(response.Usage!.InputTokenCount!.Value, 10, 60);
        Assert.InRange(response.Usage.OutputTokenCount!.Value, 5, 24);
        Assert.Equal(response.Usage.InputTokenCount + response.Usage.OutputTokenCount, response.Usage.TotalTokenCount);
    }

    /// <summary>What the engine answers to a conversation.</summary>
    private async Task<string> Expected(Quipu.Engine.ChatMessage[] messages)
    {
        var request = new GenerationRequest
        {
            Prompt = model.Language.EncodePrompt(model.Language.RenderChat(messages)),
            Options = BundledModel.Greedy,
        };
        var text = new StringBuilder();
        await foreach (var step in model.Scheduler.GenerateAsync(request, Cancellation))
            text.Append(step.Text);
        return text.ToString();
    }

    [Fact]
    public async Task A_streamed_answer_is_the_whole_one_in_pieces()
    {
        List<AIMessage> messages = [new(ChatRole.System, "You answer in one word."), new(ChatRole.User, "Which colour has the sky?")];
        var whole = await _client.GetResponseAsync(messages, cancellationToken: Cancellation);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in _client.GetStreamingResponseAsync(messages, cancellationToken: Cancellation))
            updates.Add(update);
        Assert.True(updates.Count > 2);
        Assert.Equal(whole.Text, string.Concat(updates.Select(update => update.Text)));
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.FinishReason));
        var usage = updates[^1].Contents.OfType<UsageContent>().Single().Details;
        Assert.Equal(usage.InputTokenCount - 1, usage.CachedInputTokenCount); // the same prompt was there before
    }

    [Fact]
    public async Task A_conversation_goes_on_and_its_start_is_not_computed_again()
    {
        List<AIMessage> messages = [new(ChatRole.User, "My name is Ada. Greet me by my name.")];
        var first = await _client.GetResponseAsync(messages, cancellationToken: Cancellation);
        messages.AddMessages(first);
        messages.Add(new(ChatRole.User, "What is my name?"));
        var second = await _client.GetResponseAsync(messages, cancellationToken: Cancellation);
        Assert.Equal(await Expected([new("user", messages[0].Text), new("assistant", first.Text), new("user", "What is my name?")]), second.Text);
        Assert.True(second.Usage!.CachedInputTokenCount >= first.Usage!.InputTokenCount - 1);
    }

    [Fact]
    public async Task Options_reach_the_sampler_and_the_stop_strings()
    {
        var three = await _client.GetResponseAsync("Count to ten.", new ChatOptions { MaxOutputTokens = 3 }, Cancellation);
        Assert.Equal((3, ChatFinishReason.Length), (three.Usage!.OutputTokenCount, three.FinishReason));
        // No English answer is long without an 'e', whatever the rounding of a machine makes of it.
        var stopped = await _client.GetResponseAsync("What is the capital of France?", new ChatOptions { StopSequences = ["e"] }, Cancellation);
        Assert.DoesNotContain('e', stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        var seeded = new ChatOptions { Temperature = 1.5f, TopP = 1, TopK = 0, Seed = 11, MaxOutputTokens = 12 };
        string one = (await _client.GetResponseAsync("Tell me a story.", seeded, Cancellation)).Text;
        Assert.Equal(one, (await _client.GetResponseAsync("Tell me a story.", seeded, Cancellation)).Text);
        seeded.Seed = 12;
        Assert.NotEqual(one, (await _client.GetResponseAsync("Tell me a story.", seeded, Cancellation)).Text);
        var raw = new ChatOptions { RawRepresentationFactory = _ => BundledModel.Greedy with { MaxTokens = 2 } };
        Assert.Equal(2, (await _client.GetResponseAsync("Count to ten.", raw, Cancellation)).Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task What_it_cannot_do_it_refuses_with_a_reason()
    {
        var picture = new AIMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => _client.GetResponseAsync([picture], cancellationToken: Cancellation));
        Assert.Contains("DataContent", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => _client.GetResponseAsync("Hello", new ChatOptions { ConversationId = "1" }, Cancellation));
        var full = await Assert.ThrowsAsync<ContextFullException>(
            () => _client.GetResponseAsync(string.Concat(Enumerable.Repeat("too long ", 600)), cancellationToken: Cancellation));
        Assert.True(full.Tokens > full.ContextLength);
    }

    [Fact]
    public void Services_are_found()
    {
        Assert.Equal(("quipu", model.Language.Name), _client.GetService<ChatClientMetadata>() is { } data ? (data.ProviderName, data.DefaultModelId) : default);
        Assert.Same(model.Scheduler, _client.GetService<InferenceScheduler>());
        Assert.Same(model.Language, _client.GetService<LanguageModel>());
        Assert.Same(_client, _client.GetService<IChatClient>());
        Assert.Null(_client.GetService<string>());
        Assert.Null(_client.GetService(typeof(LanguageModel), "key"));
    }
}
