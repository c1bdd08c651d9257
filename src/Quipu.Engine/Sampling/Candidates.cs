using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Quipu.Engine.Sampling;

/// <summary>How the candidates lie in their buffer.</summary>
internal enum CandidateOrder
{
    /// <summary>Ascending ids.</summary>
    ById,
    /// <summary>Descending logits, equal ones by ascending ids.</summary>
    ByLogit,
    /// <summary>Neither.</summary>
    None,
}

/// <summary>
/// The tokens that may still be chosen, with their logits: what the samplers of a chain work on, one after the other.
/// The buffers are reused from token to token. Of equal logits the smaller id counts as the better candidate,
/// so that every result is the same on every machine.
/// </summary>
internal sealed class Candidates
{
    private const int Lanes = 8;

    // Selecting pays while the wanted part is small; else all keys are sorted.
    private const int SelectionShare = 8;
    private const int LeastSelectionBuffer = 512;

    private int[] _ids = [];
    private float[] _logits = [];
    private float[] _probabilities = [];
    private ulong[] _keys = [];
    private float _maximum;
    private float _sum;
    private double _logPartition; // ln of the sum of e^logit
    // Ids at and behind this place are known to be the identity: loading need not write them again.
    private int _disturbed;

    /// <summary>Number of candidates.</summary>
    public int Count { get; private set; }

    /// <summary>Number of logits loaded: the vocabulary.</summary>
    public int VocabularySize { get; private set; }

    /// <summary>How the candidates lie.</summary>
    public CandidateOrder Order { get; private set; }

    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Logits, beside <see cref="Ids"/>. Who changes their ranks calls <see cref="LogitsChanged"/>.</summary>
    public Span<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>What <see cref="Softmax"/> computed, beside <see cref="Ids"/>; stale after any change.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, Count);

    /// <summary>Takes every token of the vocabulary with its logit.</summary>
    /// <exception cref="InvalidLogitsException">A logit is NaN or +∞, or all are −∞.</exception>
    public void Load(ReadOnlySpan<float> logits)
    {
        if (_logits.Length < logits.Length)
        {
            _logits = new float[logits.Length];
            _probabilities = new float[logits.Length];
            _ids = new int[logits.Length];
            _disturbed = logits.Length;
        }
        LogitMath.CheckedCopy(logits, _logits.AsSpan(0, logits.Length));
        for (int i = 0; i < _disturbed; i++)
            _ids[i] = i;
        _disturbed = 0;
        Count = VocabularySize = logits.Length;
        Order = CandidateOrder.ById;
    }

    /// <summary>Place of a token, or −1 where it is no candidate any more.</summary>
    public int Find(int token)
    {
        if (Order != CandidateOrder.ById)
            return Ids.IndexOf(token);
        if (Count == VocabularySize)
            return (uint)token < (uint)Count ? token : -1;
        int place = Ids.BinarySearch(token);
        return place >= 0 ? place : -1;
    }

    /// <summary>Says that logits changed in a way that may change their ranks.</summary>
    public void LogitsChanged()
    {
        if (Order == CandidateOrder.ByLogit)
            Order = CandidateOrder.None;
    }

    /// <summary>Greatest logit.</summary>
    public float Maximum() => Order == CandidateOrder.ByLogit ? _logits[0] : LogitMath.Maximum(Logits);

    /// <summary>Place of the best candidate.</summary>
    public int BestPlace()
    {
        if (Order == CandidateOrder.ByLogit)
            return 0;
        int best = LogitMath.IndexOf(Logits, LogitMath.Maximum(Logits));
        if (Order == CandidateOrder.None)
            for (int i = best + 1; i < Count; i++)
                if (_logits[i] == _logits[best] && _ids[i] < _ids[best])
                    best = i;
        return best;
    }

    /// <summary>Fills <see cref="Probabilities"/>.</summary>
    /// <exception cref="InvalidLogitsException">No candidate has a finite logit, or one has overflowed.</exception>
    public void Softmax()
    {
        _maximum = Maximum();
        _sum = float.IsFinite(_maximum) ? (float)LogitMath.Exponentials(Logits, _maximum, _probabilities) : float.NaN;
        if (!float.IsFinite(_sum))
            throw new InvalidLogitsException(float.IsNegativeInfinity(_maximum)
                ? "Every candidate's logit is −∞: the logit bias forbids all tokens."
                : "A candidate's logit overflowed: a logit bias, a penalty or the temperature is too extreme.");
        _logPartition = Math.Log(_sum) + _maximum;
        LogitMath.Divide(_probabilities.AsSpan(0, Count), _sum);
    }

    /// <summary>The probability that the last <see cref="Softmax"/> gave to a logit.</summary>
    public float ProbabilityOf(float logit) => LogitMath.Exp(logit - _maximum) / _sum;

    /// <summary>The surprise, in nats, of a logit under the last <see cref="Softmax"/>: −ln of its probability.</summary>
    public float SurpriseOf(float logit) => (float)(_logPartition - logit);

    /// <summary>The entropy, in nats, of the last <see cref="Softmax"/>.</summary>
    public double Entropy()
    {
        double sum = 0;
        for (int i = 0; i < Count; i++)
            if (_probabilities[i] > 0)
                sum += _probabilities[i] * (_logPartition - _logits[i]);
        return sum;
    }

    /// <summary>Keeps the candidates whose logit is at or above a bound.</summary>
    public void KeepFrom(float least)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
            if (_logits[i] >= least)
                Move(i, kept++);
        Truncate(kept);
    }

    /// <summary>Keeps the best of the candidates, sorted.</summary>
    public void KeepBest(int count)
    {
        count = Math.Min(count, Count);
        if (Order != CandidateOrder.ByLogit)
        {
            ReadOnlySpan<ulong> best = Best(count);
            for (int i = 0; i < best.Length; i++)
                (_ids[i], _logits[i]) = (CandidateKey.Id(best[i]), CandidateKey.Logit(best[i]));
            Disturb(count);
            Order = CandidateOrder.ByLogit;
        }
        Count = count;
    }

    /// <summary>
    /// The keys (<see cref="CandidateKey"/>) of the best candidates, best first. Leaves the candidates as they are;
    /// the span is good until the next call of this or of <see cref="Scratch"/>.
    /// </summary>
    public ReadOnlySpan<ulong> Best(int count)
    {
        count = Math.Min(count, Count);
        if (count == 0)
            return [];
        if (Order == CandidateOrder.ById && count < Count / SelectionShare && Count > LeastSelectionBuffer)
            return Select(count);
        int considered = Order == CandidateOrder.ByLogit ? count : Count;
        Span<ulong> keys = Scratch(considered);
        for (int i = 0; i < keys.Length; i++)
            keys[i] = CandidateKey.Of(_logits[i], _ids[i]);
        if (Order != CandidateOrder.ByLogit)
            keys.Sort();
        return keys[..count];
    }

    /// <summary>A reused buffer for keys.</summary>
    public Span<ulong> Scratch(int length)
    {
        if (_keys.Length < length)
            _keys = new ulong[length];
        return _keys.AsSpan(0, length);
    }

    /// <summary>
    /// Moves a candidate to a place at or before its own: with <see cref="Truncate"/> the way to filter in place.
    /// </summary>
    public void Move(int from, int to)
    {
        _ids[to] = _ids[from];
        _logits[to] = _logits[from];
    }

    /// <summary>Ends a filter: keeps what stands in the first places, in its order.</summary>
    public void Truncate(int count)
    {
        Disturb(count);
        Count = count;
    }

    private void Disturb(int count) => _disturbed = Math.Max(_disturbed, count);

    // One pass that collects what is better than the worst of the best so far. The ids ascend, so that a later
    // candidate with an equal logit is the worse one and "greater than" is the whole test.
    private Span<ulong> Select(int count)
    {
        Span<ulong> keys = Scratch(Math.Max(2 * count, LeastSelectionBuffer) + Lanes);
        int limit = keys.Length - Lanes;
        int filled = 0;
        var bound = Vector256.Create(float.NegativeInfinity);
        ReadOnlySpan<Vector256<float>> blocks = MemoryMarshal.Cast<float, Vector256<float>>(Logits);
        for (int i = 0; i < blocks.Length; i++)
        {
            if (!Vector256.GreaterThanAny(blocks[i], bound))
                continue;
            uint better = Vector256.GreaterThan(blocks[i], bound).ExtractMostSignificantBits();
            for (int lane = 0; lane < Lanes; lane++)
                if ((better >> lane & 1) != 0)
                    keys[filled++] = CandidateKey.Of(_logits[i * Lanes + lane], _ids[i * Lanes + lane]);
            if (filled < limit)
                continue;
            keys[..filled].Sort();
            filled = count;
            bound = Vector256.Create(CandidateKey.Logit(keys[count - 1]));
        }
        for (int i = blocks.Length * Lanes; i < Count; i++)
            if (!float.IsNegativeInfinity(_logits[i]))
                keys[filled++] = CandidateKey.Of(_logits[i], _ids[i]);
        keys[..filled].Sort();
        // Candidates of −∞ never pass the test: they come in where there are too few better ones.
        for (int i = 0; filled < count; i++)
            if (float.IsNegativeInfinity(_logits[i]))
                keys[filled++] = CandidateKey.Of(_logits[i], _ids[i]);
        return keys[..count];
    }
}
