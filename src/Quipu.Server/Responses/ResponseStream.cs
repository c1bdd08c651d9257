using Quipu.Engine;
using Quipu.Engine.Chat;
using Quipu.Server.Chat;
using Quipu.Server.Http;

namespace Quipu.Server.Responses;

/// <summary>The events of a response: each item is announced, grows and is closed before the next.</summary>
/// <param name="events">Where they go.</param>
/// <param name="template">The response as it is before there is any output.</param>
internal sealed class ResponseStream(EventStream events, ResponseBody template)
{
    private readonly ResponseOutput _output = new();
    private int _sequence;
    private int _outputIndex = -1;
    private int _openCall = -1;
    private bool _messageOpen;

    /// <summary>Sends what a part of the answer brings.</summary>
    public async Task SendAsync(ChatDelta delta)
    {
        if (_sequence == 0)
        {
            await SendAsync("response.created", one => one with { Response = template }).ConfigureAwait(false);
            await SendAsync("response.in_progress", one => one with { Response = template }).ConfigureAwait(false);
        }
        _output.Add(delta);
        if (delta.Text.Length > 0)
            await SendTextAsync(delta.Text).ConfigureAwait(false);
        foreach (var call in delta.ToolCalls)
            await SendCallAsync(call).ConfigureAwait(false);
        if (delta.Finish == FinishReason.None)
            return;
        if (_outputIndex < 0)
            await OpenMessageAsync().ConfigureAwait(false);
        await CloseAsync(_output.Answer.IsCutOff ? "incomplete" : "completed").ConfigureAwait(false);
        var response = _output.Complete(template);
        await SendAsync("response." + response.Status, one => one with { Response = response }).ConfigureAwait(false);
    }

    private async Task SendTextAsync(string text)
    {
        if (!_messageOpen)
            await OpenMessageAsync().ConfigureAwait(false);
        await SendAsync("response.output_text.delta", one => InMessage(one) with { Delta = text, Logprobs = [] }).ConfigureAwait(false);
    }

    private async Task SendCallAsync(ToolCallDelta call)
    {
        if (call.Index != _openCall)
        {
            await CloseAsync("completed").ConfigureAwait(false);
            _openCall = call.Index;
            _outputIndex++;
            await SendAsync(
                "response.output_item.added",
                one => one with { OutputIndex = _outputIndex, Item = _output.Call(call.Index, "in_progress", begun: false) }).ConfigureAwait(false);
        }
        if (call.Arguments.Length > 0)
            await SendAsync(
                "response.function_call_arguments.delta",
                one => one with { OutputIndex = _outputIndex, ItemId = _output.Call(call.Index, "").Id, Delta = call.Arguments }).ConfigureAwait(false);
    }

    private async Task OpenMessageAsync()
    {
        _messageOpen = true;
        _outputIndex++;
        await SendAsync(
            "response.output_item.added",
            one => one with { OutputIndex = _outputIndex, Item = _output.Message("in_progress", begun: false) }).ConfigureAwait(false);
        await SendAsync("response.content_part.added", one => InMessage(one) with { Part = OutputText.Of("") }).ConfigureAwait(false);
    }

    private async Task CloseAsync(string status)
    {
        if (_messageOpen)
        {
            _messageOpen = false;
            string text = _output.Answer.Text;
            await SendAsync("response.output_text.done", one => InMessage(one) with { Text = text, Logprobs = [] }).ConfigureAwait(false);
            await SendAsync("response.content_part.done", one => InMessage(one) with { Part = OutputText.Of(text) }).ConfigureAwait(false);
            await SendAsync(
                "response.output_item.done",
                one => one with { OutputIndex = _outputIndex, Item = _output.Message(status) }).ConfigureAwait(false);
        }
        if (_openCall < 0)
            return;
        var call = _output.Call(_openCall, status);
        _openCall = -1;
        await SendAsync(
            "response.function_call_arguments.done",
            one => one with { OutputIndex = _outputIndex, ItemId = call.Id, Name = call.Name, Arguments = call.Arguments }).ConfigureAwait(false);
        await SendAsync("response.output_item.done", one => one with { OutputIndex = _outputIndex, Item = call }).ConfigureAwait(false);
    }

    private ResponseEvent InMessage(ResponseEvent one) => one with { OutputIndex = _outputIndex, ContentIndex = 0, ItemId = _output.MessageId };

    private Task SendAsync(string type, Func<ResponseEvent, ResponseEvent> fill) =>
        events.SendAsync(fill(new ResponseEvent { Type = type, SequenceNumber = _sequence++ }), ServerJson.Shared.ResponseEvent, type);
}
