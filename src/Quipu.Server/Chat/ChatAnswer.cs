using System.Text;
using Quipu.Engine;
using Quipu.Engine.Scheduling;

namespace Quipu.Server.Chat;

/// <summary>The parts of an answer, collected.</summary>
internal sealed class ChatAnswer
{
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogProbs> _logProbs = [];
    private readonly List<CollectedCall> _calls = [];
    private readonly List<int> _tokens = [];

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>The calls.</summary>
    public IReadOnlyList<CollectedCall> Calls => _calls;

    /// <summary>Tokens chosen.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Log probabilities of the tokens, if the request asked.</summary>
    public IReadOnlyList<TokenLogProbs> LogProbs => _logProbs;

    /// <summary>Why it ended.</summary>
    public FinishReason Finish { get; private set; }

    /// <summary>What it cost.</summary>
    public GenerationStatistics Statistics { get; private set; } = new();

    /// <summary>OpenAI's word for its end.</summary>
    public string FinishWord => Finish is FinishReason.MaxTokens or FinishReason.ContextFull ? "length"
        : _calls.Count > 0 ? "tool_calls"
        : "stop";

    /// <summary>Whether it was cut off.</summary>
    public bool IsCutOff => Finish is FinishReason.MaxTokens or FinishReason.ContextFull;

    /// <summary>Adds a part.</summary>
    public void Add(ChatDelta delta)
    {
        _text.Append(delta.Text);
        if (delta.Token >= 0)
            _tokens.Add(delta.Token);
        if (delta.LogProbs is not null)
            _logProbs.Add(delta.LogProbs);
        foreach (var call in delta.ToolCalls)
        {
            if (call.Index == _calls.Count)
                _calls.Add(new CollectedCall(call.Id ?? "", call.Name ?? ""));
            _calls[call.Index].Append(call.Arguments);
        }
        if (delta.Finish == FinishReason.None)
            return;
        Finish = delta.Finish;
        Statistics = delta.Statistics ?? Statistics;
    }
}

/// <summary>A call of a function.</summary>
/// <param name="id">Its id, which its result carries.</param>
/// <param name="name">The function.</param>
internal sealed class CollectedCall(string id, string name)
{
    private readonly StringBuilder _arguments = new();

    /// <summary>Its id, which its result carries.</summary>
    public string Id { get; } = id;

    /// <summary>The function.</summary>
    public string Name { get; } = name;

    /// <summary>Its arguments, JSON.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>Adds a part of the arguments.</summary>
    public void Append(string arguments) => _arguments.Append(arguments);
}
