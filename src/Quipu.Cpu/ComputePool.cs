using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Quipu.Cpu;

/// <summary>
/// Threads that live as long as the device. A job is a number of tasks; the caller and the workers take them one by one from a counter,
/// and <see cref="Run"/> returns when all are done. Idle workers look for work for a moment and then sleep.
/// </summary>
/// <remarks>
/// Job and counter are one 64-bit word, the job's number above and the tasks left below, so that taking a task also proves that the job is
/// still the one whose fields were read. A worker that wakes late finds nothing left and harms nobody; the caller waits for tasks, not for workers.
/// </remarks>
internal sealed unsafe class ComputePool : IDisposable
{
    /// <summary>The most threads that a pool takes.</summary>
    public const int MaxThreads = 1024;

    private static readonly long SpinTicks = Stopwatch.Frequency * 75 / 1_000_000;

    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly bool _crowded;
    private readonly object _park = new();

    private delegate* managed<void*, int, int, void> _body;
    private void* _context;
    private int _tasks;
    private Exception? _failure;
    private int _running;
    private volatile int _active;
    private volatile bool _disposed;
    private Counters _counters;

    /// <summary>Starts the workers.</summary>
    /// <param name="threads">Threads that compute, the caller's included.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 thread or more than <see cref="MaxThreads"/>.</exception>
    public ComputePool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaxThreads);
        _crowded = threads > Environment.ProcessorCount;
        _active = threads;
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int worker = i + 1;
            _workers[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"Quipu compute {worker}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that compute, the caller's included.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>
    /// How many of them take tasks of the jobs to come. The others sleep until this is raised again; one that is awake may still take tasks
    /// of the next job. Not to be set while a job runs.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 or more than <see cref="Threads"/>.</exception>
    public int ActiveThreads
    {
        get => _active;
        set
        {
            if (value == _active) return;
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Threads);
            lock (_park)
            {
                _active = value;
                Monitor.PulseAll(_park);
            }
        }
    }

    /// <summary>
    /// Runs <paramref name="body"/>(context, task, worker) for each task of 0 … tasks − 1, in any order, on any thread; the worker
    /// (0 … <see cref="Threads"/> − 1, 0 is the caller) is the only one of its number at a time. Returns when all have run.
    /// After an exception the tasks not yet begun are left out and the first exception is thrown here.
    /// </summary>
    /// <exception cref="InvalidOperationException">A job is running already.</exception>
    public void Run(delegate* managed<void*, int, int, void> body, void* context, int tasks)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("The pool is running a job already.");
        try
        {
            if (tasks <= 1 || _active == 1)
            {
                for (int task = 0; task < tasks; task++) body(context, task, 0);
                return;
            }

            RunShared(body, context, tasks);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_workers.Length > 0) _wake.Release(_workers.Length);
        lock (_park) Monitor.PulseAll(_park);
        foreach (var worker in _workers) worker.Join();
        _wake.Dispose();
    }

    private void RunShared(delegate* managed<void*, int, int, void> body, void* context, int tasks)
    {
        _body = body;
        _context = context;
        _tasks = tasks;
        _failure = null;
        Volatile.Write(ref _counters.Done, 0);
        uint job = (uint)(Volatile.Read(ref _counters.State) >> 32) + 1;
        // The exchange publishes the fields above, and is a fence before the sleepers are counted.
        Interlocked.Exchange(ref _counters.State, ((long)job << 32) | (uint)tasks);
        if (Volatile.Read(ref _counters.Sleeping) > 0)
        {
            int sleeping = Interlocked.Exchange(ref _counters.Sleeping, 0);
            if (sleeping > 0) _wake.Release(sleeping);
        }

        TakeTasks(0);
        var wait = default(SpinWait);
        while (Volatile.Read(ref _counters.Done) < tasks)
        {
            if (_crowded) Thread.Yield();
            else wait.SpinOnce(sleep1Threshold: -1);
        }

        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    private void Work(int worker)
    {
        while (!_disposed)
        {
            if (worker >= _active) Park(worker);
            TakeTasks(worker);
            if (SpinForWork()) continue;
            Interlocked.Increment(ref _counters.Sleeping);
            if ((HasWork() || _disposed) && TryStayAwake()) continue;
            _wake.Wait();
        }
    }

    private void Park(int worker)
    {
        lock (_park)
        {
            while (worker >= _active && !_disposed) Monitor.Wait(_park);
        }
    }

    // Takes back the announcement of sleep, unless the caller has already counted it and releases a permit that must be consumed.
    private bool TryStayAwake()
    {
        int sleeping = Volatile.Read(ref _counters.Sleeping);
        while (sleeping > 0)
        {
            int seen = Interlocked.CompareExchange(ref _counters.Sleeping, sleeping - 1, sleeping);
            if (seen == sleeping) return true;
            sleeping = seen;
        }

        return false;
    }

    private bool HasWork() => (uint)Volatile.Read(ref _counters.State) != 0;

    private bool SpinForWork()
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < 16; i++)
            {
                if (HasWork() || _disposed) return true;
                if (_crowded) Thread.Yield();
                else Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() - start < SpinTicks);
        return false;
    }

    private void TakeTasks(int worker)
    {
        while (true)
        {
            long state = Volatile.Read(ref _counters.State);
            if ((uint)state == 0) return;
            // These belong to the job of `state` if the exchange below succeeds: a job's fields change only after all its tasks are done.
            var body = _body;
            void* context = _context;
            int tasks = _tasks;
            if (Interlocked.CompareExchange(ref _counters.State, state - 1, state) != state) continue;
            RunTask(body, context, tasks - (int)(uint)state, worker);
            Interlocked.Increment(ref _counters.Done);
        }
    }

    private void RunTask(delegate* managed<void*, int, int, void> body, void* context, int task, int worker)
    {
        if (Volatile.Read(ref _failure) is not null) return;
        try
        {
            body(context, task, worker);
        }
#pragma warning disable CA1031 // Any exception is carried to the caller of Run, which throws it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }

    // Each on cache lines of its own: all threads write them.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Counters
    {
        [FieldOffset(128)] public long State;
        [FieldOffset(256)] public int Done;
        [FieldOffset(384)] public int Sleeping;
    }
}
