using System.Text.Json;
using Quipu.Engine.Chat;
using Quipu.Server.Chat;
using Quipu.Server.Http;

namespace Quipu.Server.Messages;

/// <summary>The events of a message: blocks of text and calls, one after the other.</summary>
/// <param name="events">Where they go.</param>
/// <param name="template">The message as it is before there is any content.</param>
internal sealed class MessageStream(EventStream events, MessageBody template)
{
    private static readonly JsonElement EmptyInput = JsonDocument.Parse("{}").RootElement;

    private int _index = -1;
    private int _openCall = -1;
    private bool _textOpen;
    private bool _begun;

    /// <summary>Sends what a part of the answer brings.</summary>
    /// <param name="delta">The part.</param>
    /// <param name="answer">All that came, this part included.</param>
    /// <param name="stop">Why the answer ended, with its last part.</param>
    public async Task SendAsync(ChatDelta delta, ChatAnswer answer, MessageDelta? stop)
    {
        if (!_begun)
        {
            _begun = true;
            await SendAsync(new MessageEvent("message_start") { Message = template }).ConfigureAwait(false);
        }
        if (delta.Text.Length > 0)
            await SendTextAsync(delta.Text).ConfigureAwait(false);
        foreach (var call in delta.ToolCalls)
            await SendCallAsync(call).ConfigureAwait(false);
        if (stop is null)
            return;
        if (_index < 0)
            await SendTextAsync("").ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        await SendAsync(new MessageEvent("message_delta") { Delta = stop, Usage = MessageUsage.Of(answer.Statistics) }).ConfigureAwait(false);
        await SendAsync(new MessageEvent("message_stop")).ConfigureAwait(false);
    }

    private async Task SendTextAsync(string text)
    {
        if (!_textOpen)
        {
            await CloseAsync().ConfigureAwait(false);
            _textOpen = true;
            await OpenAsync(new ContentBlock("text", "")).ConfigureAwait(false);
        }
        await SendAsync(new MessageEvent("content_block_delta")
        {
            Index = _index,
            Delta = new MessageDelta { Type = "text_delta", Text = text },
        }).ConfigureAwait(false);
    }

    private async Task SendCallAsync(ToolCallDelta call)
    {
        if (call.Index != _openCall)
        {
            await CloseAsync().ConfigureAwait(false);
            _openCall = call.Index;
            await OpenAsync(new ContentBlock("tool_use", Id: call.Id, Name: call.Name, Input: EmptyInput)).ConfigureAwait(false);
        }
        if (call.Arguments.Length > 0)
            await SendAsync(new MessageEvent("content_block_delta")
            {
                Index = _index,
                Delta = new MessageDelta { Type = "input_json_delta", PartialJson = call.Arguments },
            }).ConfigureAwait(false);
    }

    private Task OpenAsync(ContentBlock block) =>
        SendAsync(new MessageEvent("content_block_start") { Index = ++_index, ContentBlock = block });

    private Task CloseAsync()
    {
        if (!_textOpen && _openCall < 0)
            return Task.CompletedTask;
        _textOpen = false;
        _openCall = -1;
        return SendAsync(new MessageEvent("content_block_stop") { Index = _index });
    }

    private Task SendAsync(MessageEvent one) => events.SendAsync(one, ServerJson.Shared.MessageEvent, one.Type);
}
