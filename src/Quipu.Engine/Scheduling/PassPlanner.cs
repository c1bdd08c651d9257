using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quipu.Engine.Scheduling;

/// <summary>
/// Divides a pass among the jobs: one row for each that generates, the rest in equal parts for prompts. While somebody generates, prompts get
/// only as many rows as take <see cref="SchedulerOptions.PromptSlice"/>, by the speed of the passes before. Results do not depend on it.
/// </summary>
internal sealed class PassPlanner(int maxRows, TimeSpan promptSlice)
{
    // Fewer rows than this cost about as much as this many: the weights are expanded once for all.
    private const int LeastPromptRows = 16;

    private readonly List<Job> _prompts = [];
    private readonly List<Job> _jobs = [];
    private readonly List<SequenceRun> _runs = [];
    private int _turn;
    private double _rowsPerSecond;

    /// <summary>The jobs of the pass.</summary>
    public IReadOnlyList<Job> Jobs => _jobs;

    /// <summary>Their runs.</summary>
    public ReadOnlySpan<SequenceRun> Runs => CollectionsMarshal.AsSpan(_runs);

    /// <summary>Rows of the pass.</summary>
    public int Rows { get; private set; }

    /// <summary>Plans a pass.</summary>
    /// <param name="slots">The running jobs.</param>
    /// <returns>Whether there is anything to do.</returns>
    public bool Plan(ReadOnlySpan<Job?> slots)
    {
        _jobs.Clear();
        _runs.Clear();
        _prompts.Clear();
        Rows = 0;
        foreach (var job in slots)
        {
            if (job is not { IsReady: true, Leader: null })
                continue;
            if (job.InPrompt)
                _prompts.Add(job);
            else if (Rows < maxRows)
                Add(job, 1);
        }

        PlanPrompts(Rows == 0 ? maxRows : Math.Min(maxRows - Rows, SliceRows()));
        return Rows > 0;
    }

    /// <summary>Learns from a pass how fast prompts are.</summary>
    public void Measure(TimeSpan elapsed)
    {
        if (Rows < LeastPromptRows)
            return;
        double speed = Rows / Math.Max(elapsed.TotalSeconds, 1e-6);
        _rowsPerSecond = _rowsPerSecond == 0 ? speed : 0.7 * _rowsPerSecond + 0.3 * speed;
    }

    private int SliceRows() => Math.Max(LeastPromptRows, (int)Math.Min(_rowsPerSecond * promptSlice.TotalSeconds, maxRows));

    // Each gets an equal part of what is left; who needs less leaves it to those behind. The first changes from pass to pass.
    private void PlanPrompts(int budget)
    {
        if (_prompts.Count == 0)
            return;
        _turn = (_turn + 1) % _prompts.Count;
        for (int i = 0; i < _prompts.Count && budget > 0; i++)
        {
            var job = _prompts[(_turn + i) % _prompts.Count];
            int share = (budget + _prompts.Count - i - 1) / (_prompts.Count - i);
            int count = Math.Min(share, job.Computable);
            Add(job, count);
            budget -= count;
        }
    }

    private void Add(Job job, int count)
    {
        Debug.Assert(count > 0 && count <= job.Pending.Length, "A job in a slot always has something to compute.");
        _jobs.Add(job);
        _runs.Add(new SequenceRun(job.Sequence!, job.Pending[..count], job.Wanted(count)));
        Rows += count;
    }
}
