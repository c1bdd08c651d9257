namespace Quipu.Engine.Scheduling;

/// <summary>All slots are busy and the queue is full.</summary>
public sealed class QueueFullException : Exception
{
    /// <summary>Creates the exception.</summary>
    public QueueFullException() { }

    /// <summary>Creates the exception with a sentence for the user.</summary>
    public QueueFullException(string message) : base(message) { }

    /// <summary>Creates the exception with a sentence for the user and its cause.</summary>
    public QueueFullException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the exception with its numbers.</summary>
    /// <param name="waiting">Requests that wait.</param>
    /// <param name="retryAfter">When a place may be free.</param>
    public QueueFullException(int waiting, TimeSpan retryAfter)
        : base($"The server is busy: {waiting} requests wait already. Try again in {Math.Ceiling(retryAfter.TotalSeconds)} s.") =>
        (Waiting, RetryAfter) = (waiting, retryAfter);

    /// <summary>Requests that wait.</summary>
    public int Waiting { get; }

    /// <summary>When a place may be free: an estimate from how long requests took lately.</summary>
    public TimeSpan RetryAfter { get; }
}
