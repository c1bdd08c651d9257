using System.Text;
using Quipu.Engine;
using Quipu.Engine.Scheduling;

namespace Quipu.Server.Generation;

/// <summary>The steps of a generation, collected.</summary>
internal sealed class Answer
{
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogProbs> _logProbs = [];
    private readonly List<int> _tokens = [];

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>Tokens chosen.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Log probabilities of the tokens, if the request asked.</summary>
    public IReadOnlyList<TokenLogProbs> LogProbs => _logProbs;

    /// <summary>Log probabilities of the prompt's tokens, if the request asked; the first is null.</summary>
    public IReadOnlyList<TokenLogProbs?> PromptLogProbs { get; private set; } = [];

    /// <summary>Why it ended; <see cref="FinishReason.None"/> while it goes on.</summary>
    public FinishReason Finish { get; private set; }

    /// <summary>What it cost, when it has ended.</summary>
    public GenerationStatistics Statistics { get; private set; } = new();

    /// <summary>How likely the model found it, a token on average.</summary>
    public double MeanLogProb => _logProbs.Count == 0 ? double.NegativeInfinity : _logProbs.Average(each => (double)each.Chosen.LogProb);

    /// <summary>Adds a step.</summary>
    public void Add(GenerationStep step)
    {
        _text.Append(step.Text);
        if (step.Token >= 0)
            _tokens.Add(step.Token);
        if (step.LogProbs is not null)
            _logProbs.Add(step.LogProbs);
        PromptLogProbs = step.PromptLogProbs ?? PromptLogProbs;
        if (step.Finish == FinishReason.None)
            return;
        Finish = step.Finish;
        Statistics = step.Statistics ?? Statistics;
    }

    /// <summary>OpenAI's word for the end of a generation.</summary>
    public static string FinishWord(FinishReason reason) => reason is FinishReason.MaxTokens or FinishReason.ContextFull ? "length" : "stop";
}
