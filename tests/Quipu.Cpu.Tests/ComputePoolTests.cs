using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Tests;

public sealed unsafe class ComputePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Every_task_of_many_jobs_runs_once(int threads)
    {
        using var pool = new ComputePool(threads);
        int[] runs = new int[300];
        var random = new Random(threads);
        fixed (int* first = runs)
        {
            for (int job = 0; job < 2000; job++)
            {
                int tasks = random.Next(0, job % 50 == 0 ? runs.Length : 12);
                Array.Clear(runs);
                pool.Run(&CountRun, first, tasks);
                for (int i = 0; i < runs.Length; i++) Assert.Equal(i < tasks ? 1 : 0, runs[i]);
            }
        }
    }

    [Fact]
    public void A_worker_number_is_never_used_by_two_threads_at_once()
    {
        const int Threads = 6;
        using var pool = new ComputePool(Threads);
        var context = new Occupancy { Busy = new int[Threads] };
        for (int job = 0; job < 300; job++) pool.Run(&Occupy, Unsafe.AsPointer(ref context), 40);
        Assert.Equal(0, context.Clashes);
        Assert.Equal(300 * 40, context.Tasks);
    }

    [Fact]
    public void Threads_that_are_not_active_sleep_and_come_back()
    {
        using var pool = new ComputePool(4);
        int[] runs = new int[64];
        var random = new Random(4);
        fixed (int* first = runs)
        {
            for (int job = 1; job <= 500; job++)
            {
                pool.ActiveThreads = random.Next(1, 5);
                if (job % 100 == 0) Thread.Sleep(2);
                pool.Run(&CountRun, first, runs.Length);
                Assert.All(runs, count => Assert.Equal(job, count));
            }
        }

        pool.ActiveThreads = 1;
        var context = new Occupancy { Busy = new int[1] };
        pool.Run(&Occupy, Unsafe.AsPointer(ref context), 40);
        Assert.Equal(40, context.Tasks);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.ActiveThreads = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.ActiveThreads = 5);
    }

    [Fact]
    public void Jobs_after_a_pause_find_the_workers_that_went_to_sleep()
    {
        using var pool = new ComputePool(4);
        int[] runs = new int[64];
        fixed (int* first = runs)
        {
            for (int job = 0; job < 30; job++)
            {
                Thread.Sleep(job % 3);
                pool.Run(&CountRun, first, runs.Length);
            }
        }

        Assert.All(runs, count => Assert.Equal(30, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on(int threads)
    {
        using var pool = new ComputePool(threads);
        for (int round = 0; round < 50; round++)
        {
            var error = Assert.Throws<InvalidDataException>(() => pool.Run(&ThrowAtSeven, null, 20));
            Assert.Equal("task 7", error.Message);
        }

        int[] runs = new int[20];
        fixed (int* first = runs) pool.Run(&CountRun, first, runs.Length);
        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_job_inside_a_job_is_refused()
    {
        using var pool = new ComputePool(2);
        var context = new Nested { Pool = pool };
        Assert.Throws<InvalidOperationException>(() => pool.Run(&RunNested, Unsafe.AsPointer(ref context), 4));
    }

    [Fact]
    public void Dispose_ends_the_threads_and_later_jobs_are_refused()
    {
        var pool = new ComputePool(5);
        int[] runs = new int[10];
        fixed (int* first = runs) pool.Run(&CountRun, first, runs.Length);
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run(&CountRun, null, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ComputePool.MaxThreads + 1)]
    public void An_impossible_number_of_threads_is_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ComputePool(threads));

    private static void CountRun(void* context, int task, int worker) => Interlocked.Increment(ref ((int*)context)[task]);

    private static void ThrowAtSeven(void* context, int task, int worker)
    {
        if (task == 7) throw new InvalidDataException("task 7");
    }

    private static void Occupy(void* context, int task, int worker)
    {
        ref Occupancy c = ref Unsafe.AsRef<Occupancy>(context);
        if (Interlocked.Exchange(ref c.Busy[worker], 1) != 0) Interlocked.Increment(ref c.Clashes);
        Thread.SpinWait(50);
        Interlocked.Increment(ref c.Tasks);
        Volatile.Write(ref c.Busy[worker], 0);
    }

    private static void RunNested(void* context, int task, int worker) =>
        Unsafe.AsRef<Nested>(context).Pool.Run(&CountRun, null, 0);

    private struct Occupancy
    {
        public int[] Busy;
        public int Clashes;
        public int Tasks;
    }

    private struct Nested
    {
        public ComputePool Pool;
    }
}

/// <summary>Alone, because it measures the process's processor time.</summary>
[CollectionDefinition(nameof(IdlePoolTests), DisableParallelization = true)]
[Collection(nameof(IdlePoolTests))]
public sealed unsafe class IdlePoolTests
{
    [Fact]
    public void An_idle_pool_uses_no_processor_time()
    {
        using var pool = new ComputePool(8);
        int value = 0;
        pool.Run(&Nothing, &value, 100);
        using var process = Process.GetCurrentProcess();
        double least = double.MaxValue;
        // The runtime has work of its own now and then; workers that spin would fill every window.
        for (int window = 0; window < 8 && least > 30; window++)
        {
            process.Refresh();
            TimeSpan before = process.TotalProcessorTime;
            Thread.Sleep(200);
            process.Refresh();
            least = Math.Min(least, (process.TotalProcessorTime - before).TotalMilliseconds);
        }

        Assert.InRange(least, 0, 30);
    }

    private static void Nothing(void* context, int task, int worker) => Interlocked.Increment(ref *(int*)context);
}
