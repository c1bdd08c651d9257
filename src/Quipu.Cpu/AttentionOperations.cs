using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu;

/// <summary>The cache and attention over it, divided among the threads. Shapes were checked by the caller.</summary>
internal abstract class AttentionOperations : IDisposable
{
    /// <summary>The operations of an instruction set.</summary>
    public static AttentionOperations For(InstructionSet set, ComputePool pool, WorkerScratch scratch) => set switch
    {
        InstructionSet.Avx512 => new AttentionOperations<Lane512>(pool, scratch),
        InstructionSet.Avx2 => new AttentionOperations<Lane256>(pool, scratch),
        InstructionSet.AdvSimd => new AttentionOperations<Lane128>(pool, scratch),
        _ => new AttentionOperations<Lane1>(pool, scratch),
    };

    /// <summary>Writes rows of K and V at their positions.</summary>
    public abstract void Store(CpuBuffer keys, CpuBuffer values, ReadOnlySpan<AttentionSegment> segments, CpuCache cache);

    /// <summary>Attention of the segments' rows.</summary>
    public abstract void Attend(in AttentionCall call, ReadOnlySpan<AttentionSegment> segments);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The operations over one width of lanes.</summary>
/// <param name="pool">The threads.</param>
/// <param name="scratch">Their memory.</param>
internal sealed unsafe class AttentionOperations<TLane>(ComputePool pool, WorkerScratch scratch) : AttentionOperations
    where TLane : struct, ILane<TLane>
{
    // Neighbouring positions share cache lines of the transposed K: a task takes as many as fill them.
    private const int PositionsPerTask = 32;

    private readonly AttentionPlan _plan = new();
    private AttentionSegment[] _stored = [];

    public override void Store(CpuBuffer keys, CpuBuffer values, ReadOnlySpan<AttentionSegment> segments, CpuCache cache)
    {
        if (_stored.Length < segments.Length) _stored = new AttentionSegment[segments.Length];
        segments.CopyTo(_stored);
        int tasks = 0;
        foreach (ref readonly AttentionSegment segment in segments) tasks += StoreTasks(segment);
        var context = new StoreContext { Keys = keys, Values = values, Segments = _stored, Cache = cache };
        // The context stays on this frame until the pool is done, so its address may go through the pool.
        pool.Run(&StoreTask, Unsafe.AsPointer(ref context), tasks);
    }

    public override void Attend(in AttentionCall call, ReadOnlySpan<AttentionSegment> segments)
    {
        _plan.Prepare(call, segments, pool.Threads);
        var context = new AttendContext
        {
            Plan = _plan,
            Scratch = scratch.Grow(AttentionPlan.ScratchBytes(call.Layout.Shape, call.Heads)),
        };
        pool.Run(&AttendTask, Unsafe.AsPointer(ref context), _plan.ItemCount);
        if (_plan.MergeCount > 0) pool.Run(&MergeTask, Unsafe.AsPointer(ref context), _plan.MergeCount);
    }

    public override void Dispose() => _plan.Dispose();

    private static void StoreTask(void* context, int task, int worker)
    {
        ref StoreContext c = ref Unsafe.AsRef<StoreContext>(context);
        int index = 0;
        for (; task >= StoreTasks(c.Segments[index]); index++) task -= StoreTasks(c.Segments[index]);
        ref readonly AttentionSegment segment = ref c.Segments[index];
        int first = task * PositionsPerTask, count = Math.Min(PositionsPerTask, segment.RowCount - first);
        KeyValueStore.Store<TLane>(
            c.Keys.Row(segment.FirstRow + first), c.Values.Row(segment.FirstRow + first), count, segment.FirstPosition + first, segment.Blocks.Span,
            c.Cache.Layout, c.Cache.Keys, c.Cache.Values);
    }

    private static int StoreTasks(in AttentionSegment segment) => (segment.RowCount + PositionsPerTask - 1) / PositionsPerTask;

    private static void AttendTask(void* context, int task, int worker)
    {
        ref AttendContext c = ref Unsafe.AsRef<AttendContext>(context);
        c.Plan.Run<TLane>(task, (float*)c.Scratch[worker]);
    }

    private static void MergeTask(void* context, int task, int worker)
    {
        ref AttendContext c = ref Unsafe.AsRef<AttendContext>(context);
        c.Plan.Merge<TLane>(task, (float*)c.Scratch[worker]);
    }

    private struct StoreContext
    {
        public CpuBuffer Keys;
        public CpuBuffer Values;
        public AttentionSegment[] Segments;
        public CpuCache Cache;
    }

    private struct AttendContext
    {
        public AttentionPlan Plan;
        public byte** Scratch;
    }
}
