using Quipu.Engine.Scheduling;
using Quipu.Tokenizers;

namespace Quipu.Server.Completions;

/// <summary>Collects log probabilities in the columns of the older API.</summary>
/// <param name="offset">Where in the text the first token begins.</param>
internal sealed class LogProbColumns(int offset)
{
    private readonly List<string> _tokens = [];
    private readonly List<float?> _logProbs = [];
    private readonly List<IReadOnlyDictionary<string, float>?> _top = [];
    private readonly List<int> _offsets = [];

    /// <summary>Where in the text the next token begins.</summary>
    public int Offset { get; private set; } = offset;

    /// <summary>Adds a token.</summary>
    public void Add(TokenLogProbs token)
    {
        Dictionary<string, float> top = new(StringComparer.Ordinal);
        // Different tokens can have the same text where they are parts of characters; the likelier one stays.
        foreach (var each in token.Top)
            top.TryAdd(each.Text, each.LogProb);
        Add(token.Chosen.Text, token.Chosen.LogProb, top);
    }

    /// <summary>Adds the tokens of a prompt; nothing comes before the first, so that it has no probability.</summary>
    public void AddPrompt(ReadOnlySpan<int> prompt, IReadOnlyList<TokenLogProbs?> logProbs, Tokenizer tokenizer)
    {
        for (int i = 0; i < prompt.Length; i++)
            if (i < logProbs.Count && logProbs[i] is { } known)
                Add(known);
            else
                Add(tokenizer.Decode([prompt[i]], renderSpecial: true), null, null);
    }

    /// <summary>The columns.</summary>
    public CompletionLogProbs ToBody() => new(_tokens, _logProbs, _top, _offsets);

    private void Add(string text, float? logProb, Dictionary<string, float>? top)
    {
        _tokens.Add(text);
        _logProbs.Add(logProb);
        _top.Add(top);
        _offsets.Add(Offset);
        Offset += text.Length;
    }
}
