namespace Quipu.Engine.Scheduling;

/// <summary>
/// Sequences of finished requests, kept because a later prompt may begin with them. They share blocks with one another and with running
/// requests; the least recently used go first when blocks are needed.
/// </summary>
internal sealed class PrefixCache(InferenceContext context)
{
    // Every prompt begins with BOS: less than this is not worth the copy of a block.
    private const int LeastReused = 16;

    private readonly List<Sequence> _kept = []; // least recently used first

    /// <summary>How many are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>How many were dropped for their memory.</summary>
    public long Evicted { get; private set; }

    /// <summary>A sequence that holds as much of a prompt as kept or running sequences can give, but not its last token.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="running">Sequences of running requests.</param>
    /// <param name="shared">
    /// How much of the prompt is known; more than the result holds where sliding layers have let go of it. Who keeps a copy at this
    /// point helps the next one.
    /// </param>
    public Sequence Take(ReadOnlySpan<int> prompt, IEnumerable<Sequence> running, out int shared)
    {
        Sequence? best = null;
        int length = LeastReused - 1;
        shared = 0;
        foreach (var sequence in _kept.Concat(running))
        {
            int common = Math.Min(sequence.Tokens.CommonPrefixLength(prompt), prompt.Length - 1);
            shared = Math.Max(shared, common);
            if (common > length && sequence.CanKeep(common))
                (best, length) = (sequence, common);
        }

        if (best is null)
            return context.OpenSequence();
        bool kept = _kept.Remove(best);
        if (kept && length == best.Length)
            return best;
        if (kept)
            _kept.Add(best);
        return best.ForkAt(length);
    }

    /// <summary>Keeps a sequence that nobody runs any more.</summary>
    public void Keep(Sequence sequence)
    {
        if (sequence.Length == 0 || _kept.Exists(kept => Replaces(kept, sequence)))
        {
            sequence.Dispose();
            return;
        }

        foreach (var kept in _kept.FindAll(kept => Replaces(sequence, kept)))
            Drop(kept);
        _kept.Add(sequence);
    }

    /// <summary>Drops sequences until these runs have room, or nothing is left to drop.</summary>
    public void MakeRoom(ReadOnlySpan<SequenceRun> runs)
    {
        while (!context.HasRoom(runs) && _kept.Count > 0)
        {
            Drop(_kept[0]);
            Evicted++;
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        foreach (var kept in _kept)
            kept.Dispose();
        _kept.Clear();
    }

    private void Drop(Sequence kept)
    {
        _kept.Remove(kept);
        kept.Dispose();
    }

    private static bool Replaces(Sequence longer, Sequence shorter) =>
        longer.Tokens.StartsWith(shorter.Tokens) && longer.CanKeep(shorter.Length);
}
