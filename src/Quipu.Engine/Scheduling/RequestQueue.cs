namespace Quipu.Engine.Scheduling;

/// <summary>Requests that wait for a slot, first come, first served; the door between their threads and the scheduler's.</summary>
internal sealed class RequestQueue(int slots, int length)
{
    private readonly object _gate = new(); // a Monitor: the scheduler waits on it
    private readonly LinkedList<Job> _waiting = [];
    private bool _awake;
    private int _inside; // waiting and running
    private double _seconds = 1; // of a request, lately
    private volatile bool _closed;

    /// <summary>Whether it takes no more requests.</summary>
    public bool Closed => _closed;

    /// <summary>Requests that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Requests that were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Requests whose reader left before they had a slot.</summary>
    public long Left { get; private set; }

    /// <summary>Adds a request.</summary>
    /// <exception cref="QueueFullException">There is no place.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler was closed.</exception>
    public void Add(Job job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(InferenceScheduler));
            if (_inside >= slots + length)
            {
                Refused++;
                throw new QueueFullException(_waiting.Count, TimeSpan.FromSeconds(Math.Max(1, _seconds * (_waiting.Count + 1) / slots)));
            }

            _inside++;
            _waiting.AddLast(job);
        }

        Wake();
    }

    /// <summary>Says that nobody waits for a job: it leaves the queue at once, or its slot within one pass.</summary>
    public void Abandon(Job job)
    {
        job.Abandon();
        lock (_gate)
            if (_waiting.Remove(job))
            {
                _inside--;
                Left++;
            }
        Wake();
    }

    /// <summary>The next request, or null.</summary>
    public Job? TryTake()
    {
        lock (_gate)
        {
            if (_waiting.First is not { } first)
                return null;
            _waiting.RemoveFirst();
            return first.Value;
        }
    }

    /// <summary>Counts a request out that was taken.</summary>
    /// <param name="ran">How long it had a slot.</param>
    public void Leave(TimeSpan ran)
    {
        lock (_gate)
        {
            _inside--;
            if (ran > TimeSpan.Zero)
                _seconds += 0.1 * (ran.TotalSeconds - _seconds);
        }
    }

    /// <summary>Takes no more requests.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        Wake();
    }

    /// <summary>Lets the scheduler look again.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _awake = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for a <see cref="Wake"/> since the last wait.</summary>
    public void Wait(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (!_awake)
                Monitor.Wait(_gate, timeout);
            _awake = false;
        }
    }
}
