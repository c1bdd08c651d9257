using Quipu.Engine;
using Quipu.Server.Chat;

namespace Quipu.Server.Responses;

/// <summary>The items of a response while they grow: at most one message, and calls after it.</summary>
internal sealed class ResponseOutput
{
    private readonly ChatAnswer _answer = new();
    private readonly List<string> _callItems = [];
    private readonly string _messageItem = ServerCore.NewId("msg_");

    /// <summary>What came.</summary>
    public ChatAnswer Answer => _answer;

    /// <summary>The message's id.</summary>
    public string MessageId => _messageItem;

    /// <summary>Whether there is a message: text, or nothing else.</summary>
    public bool HasMessage => _answer.Text.Length > 0 || _answer.Calls.Count == 0;

    /// <summary>Adds a part.</summary>
    public void Add(ChatDelta delta)
    {
        _answer.Add(delta);
        while (_callItems.Count < _answer.Calls.Count)
            _callItems.Add(ServerCore.NewId("fc_"));
    }

    /// <summary>The item of the message.</summary>
    /// <param name="status">How far it is.</param>
    /// <param name="begun">Whether its content is shown, or still empty.</param>
    public OutputItem Message(string status, bool begun = true) => new()
    {
        Id = _messageItem,
        Type = "message",
        Status = status,
        Role = "assistant",
        Content = begun ? [OutputText.Of(_answer.Text)] : [],
    };

    /// <summary>The item of a call.</summary>
    public OutputItem Call(int index, string status, bool begun = true) => new()
    {
        Id = _callItems[index],
        Type = "function_call",
        Status = status,
        CallId = _answer.Calls[index].Id,
        Name = _answer.Calls[index].Name,
        Arguments = begun ? _answer.Calls[index].Arguments : "",
    };

    /// <summary>The response when all has come.</summary>
    public ResponseBody Complete(ResponseBody template)
    {
        string status = _answer.IsCutOff ? "incomplete" : "completed";
        List<OutputItem> items = [];
        if (HasMessage)
            items.Add(Message(status));
        for (int i = 0; i < _answer.Calls.Count; i++)
            items.Add(Call(i, status));
        return template with
        {
            Status = status,
            IncompleteDetails = _answer.IsCutOff ? new IncompleteDetails("max_output_tokens") : null,
            Output = items,
            Usage = UsageOf(_answer.Statistics),
        };
    }

    private static ResponseUsage UsageOf(GenerationStatistics statistics) => new(
        statistics.PromptTokens, new InputTokensDetails(statistics.ReusedTokens), statistics.GeneratedTokens, new OutputTokensDetails(0),
        statistics.PromptTokens + statistics.GeneratedTokens);
}
