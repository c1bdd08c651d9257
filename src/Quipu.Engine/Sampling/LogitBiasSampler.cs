using System.Collections.Immutable;

namespace Quipu.Engine.Sampling;

/// <summary>Adds to the logits of chosen tokens; −∞ forbids one.</summary>
internal sealed class LogitBiasSampler(IEnumerable<KeyValuePair<int, float>> biases) : ISampler
{
    private readonly ImmutableArray<KeyValuePair<int, float>> _biases = [.. biases];

    public void Apply(Candidates candidates)
    {
        foreach ((int token, float bias) in _biases)
        {
            int place = candidates.Find(token);
            if (place >= 0)
                candidates.Logits[place] += bias;
        }
        candidates.LogitsChanged();
    }
}
