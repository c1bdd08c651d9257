using System.Diagnostics;
using Quipu.Models;

namespace Quipu.Engine.Scheduling;

/// <summary>
/// A request inside the scheduler: tokens that are still to be computed, and what becomes of their logits or hidden states. All but
/// <see cref="Abandon"/> belongs to the scheduler's thread.
/// </summary>
internal abstract class Job(ReadOnlyMemory<int> prompt, string? id)
{
    private readonly long _queued = Stopwatch.GetTimestamp();
    private long _promptDone;
    private volatile bool _abandoned;

    /// <summary>The request's name.</summary>
    public string? Id { get; } = id;

    /// <summary>Its prompt.</summary>
    public ReadOnlyMemory<int> Prompt { get; } = prompt;

    /// <summary>Where its keys and values are; null while it waits.</summary>
    public Sequence? Sequence { get; private set; }

    /// <summary>Tokens to compute next.</summary>
    public ReadOnlyMemory<int> Pending { get; protected set; }

    /// <summary>Whether what is pending is a prompt (or a shifted text), not the token chosen last.</summary>
    public bool InPrompt { get; protected set; } = true;

    /// <summary>Tokens of the prompt that were in the cache already.</summary>
    public int Cached { get; private set; }

    /// <summary>A length at which a copy of the sequence shall be kept for others, or 0.</summary>
    public int KeepAt { get; private set; }

    /// <summary>A job that computes a prompt with the same beginning just now: this one waits for it rather than computing it too.</summary>
    public Job? Leader { get; private set; }

    /// <summary>Whether nobody waits for the result any more.</summary>
    public bool Abandoned => _abandoned;

    /// <summary>Whether it is done.</summary>
    public bool Ended { get; protected set; }

    /// <summary>Tokens generated.</summary>
    public virtual int Generated => 0;

    /// <summary>Whether the prefix cache may give and take.</summary>
    public abstract bool UsesPrefixes { get; }

    /// <summary>Whether it can go on, or must wait for its reader.</summary>
    public virtual bool IsReady => true;

    /// <summary>Pending tokens that the next pass may take: not beyond <see cref="KeepAt"/>.</summary>
    public int Computable => KeepAt > Sequence!.Length ? Math.Min(Pending.Length, KeepAt - Sequence.Length) : Pending.Length;

    /// <summary>How long it waited for a slot and for its <see cref="Leader"/>.</summary>
    public TimeSpan QueueTime { get; private set; }

    /// <summary>How long it had its slot before its prompt was done, or until now.</summary>
    public TimeSpan PromptTime => Stopwatch.GetElapsedTime(Started, _promptDone == 0 ? Stopwatch.GetTimestamp() : _promptDone);

    /// <summary>How long it has had its slot since.</summary>
    public TimeSpan GenerationTime => _promptDone == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_promptDone);

    /// <summary>When it got its slot.</summary>
    public long Started { get; private set; }

    /// <summary>Which outputs the first <paramref name="count"/> pending tokens shall have.</summary>
    public abstract LogitsWanted Wanted(int count);

    /// <summary>Gives it a slot and a sequence that holds its first tokens, but not all.</summary>
    public void Start(Sequence sequence, int keepAt, Job? leader)
    {
        KeepAt = keepAt;
        Leader = leader;
        Started = Stopwatch.GetTimestamp();
        QueueTime = Stopwatch.GetElapsedTime(_queued, Started);
        Sequence = sequence;
        Cached = sequence.Length;
        Pending = Prompt[sequence.Length..];
    }

    /// <summary>Takes the outputs of a pass that computed the first <paramref name="count"/> pending tokens.</summary>
    public void Advance(int count, PassOutputs outputs)
    {
        var done = Pending[..count];
        Pending = Pending[count..];
        if (KeepAt < Sequence!.Length)
            KeepAt = 0;
        if (Pending.IsEmpty && _promptDone == 0)
            _promptDone = Stopwatch.GetTimestamp();
        Take(done, outputs);
    }

    /// <summary>The reader has gone; callable from any thread.</summary>
    public void Abandon() => _abandoned = true;

    /// <summary>Ends it with an error.</summary>
    public void Fail(Exception error)
    {
        if (Ended)
            return;
        Ended = true;
        Report(error);
    }

    /// <summary>Takes its sequence away, once it has ended.</summary>
    public Sequence? Release()
    {
        var sequence = Sequence;
        Sequence = null;
        return sequence;
    }

    /// <summary>Reads the outputs of the tokens that were computed.</summary>
    protected abstract void Take(ReadOnlyMemory<int> done, PassOutputs outputs);

    /// <summary>Tells the reader of an error.</summary>
    protected abstract void Report(Exception error);
}
