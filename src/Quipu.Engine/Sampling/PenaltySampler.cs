namespace Quipu.Engine.Sampling;

/// <summary>
/// Penalises the tokens among the last ones of the text. A positive logit is divided, another one multiplied by the
/// repeat penalty (Keskar et al., 2019); then the frequency penalty is subtracted for every occurrence and the
/// presence penalty once.
/// </summary>
internal sealed class PenaltySampler(int lastTokens, float repeat, float frequency, float presence) : ISampler
{
    private readonly TokenHistory _history = new(lastTokens);
    private readonly Dictionary<int, int> _counts = [];

    public void Apply(Candidates candidates)
    {
        foreach ((int token, int count) in _counts)
        {
            int place = candidates.Find(token);
            if (place < 0)
                continue;
            ref float logit = ref candidates.Logits[place];
            logit = logit <= 0 ? logit * repeat : logit / repeat;
            logit -= count * frequency + presence;
        }
        candidates.LogitsChanged();
    }

    public void Accept(int token)
    {
        if (_history.Add(token) is int leaving)
        {
            if (_counts[leaving] == 1)
                _counts.Remove(leaving);
            else
                _counts[leaving]--;
        }
        _counts[token] = _counts.GetValueOrDefault(token) + 1;
    }

    public void Reset()
    {
        _history.Clear();
        _counts.Clear();
    }
}
