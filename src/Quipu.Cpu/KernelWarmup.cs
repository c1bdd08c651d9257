using System.Runtime.CompilerServices;
using Quipu.Cpu.MatMul;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu;

/// <summary>
/// Calls kernels with a few zeros on other threads while a model is still being loaded, so that the runtime has compiled them when the first prompt
/// comes: it compiles a method at its first call, and what has vectors in its signature cannot be compiled ahead (docs/decisions/0004). Each
/// kind of kernels is called once in a process. Nothing happens in a program that was compiled as a whole.
/// </summary>
internal static unsafe class KernelWarmup
{
    // Whole blocks of every format, and whole tiles of every instruction set.
    private const int Columns = 256, WeightRows = QuantizedProduct.MaxRows, HeadDim = 64, Heads = 3;
    // Fours of rows and a rest; one row has kernels of its own.
    private const int PromptRows = 15;
    private const int OperationsBit = 63;

    // A bit for each type of weights, and the highest for the operations.
    private static readonly ulong[] Begun = new ulong[Enum.GetValues<InstructionSet>().Length];

    /// <summary>Begins with the operations that every model needs; what only some need takes a few milliseconds.</summary>
    public static void BeginOperations(InstructionSet set)
    {
        if (IsFirst(set, OperationsBit)) _ = Task.Run(() => CallOperations(set));
    }

    /// <summary>Begins with the products with matrices of a type that <see cref="CpuWeight"/> takes.</summary>
    public static void BeginProducts(InstructionSet set, TensorType type)
    {
        if (IsFirst(set, (int)type)) _ = Task.Run(() => CallProducts(set, type));
    }

    internal static void CallProducts(InstructionSet set, TensorType type)
    {
        using var pool = new ComputePool(1);
        using var scratch = new WorkerScratch(1);
        using var multiplier = new MatrixMultiplier(pool, scratch, new KernelTable(set));
        using var zeros = new AlignedMemory(TensorFormats.Get(type).RowBytes(Columns) * WeightRows);
        new Span<byte>(zeros.Data, (int)zeros.Bytes).Clear();
        using CpuBuffer input = Zeros(PromptRows, Columns), output = Zeros(PromptRows, WeightRows);
        // A row with an outlier takes more than others, and the first of every sequence has one.
        input.Data[0] = 1f;
        var weight = CpuWeight.Load(new TensorView("warmup", type, WeightRows, Columns, (nint)zeros.Data), set);
        multiplier.Multiply(input, PromptRows, [new Projection(weight, output)]);
        multiplier.Multiply(input, 1, [new Projection(weight, output)]);
    }

    internal static void CallOperations(InstructionSet set)
    {
        using var pool = new ComputePool(1);
        using var scratch = new WorkerScratch(1);
        using CpuBuffer rows = Zeros(PromptRows, Heads * HeadDim), others = Zeros(PromptRows, Heads * HeadDim), keyValue = Zeros(PromptRows, HeadDim);
        var operations = RowOperations.For(set, pool);
        operations.RmsNorm(rows.Data, PromptRows, rows.Columns, others.Data, 1f, rows.Data);
        operations.Rope(rows.Data, PromptRows, rows.Columns, HeadDim, others.Data, HeadDim, RopeStyle.Norm);
        CallAttention(set, pool, scratch, rows, keyValue, others);
        operations.Add(rows.Data, PromptRows, rows.Columns, others.Data);
    }

    private static void CallAttention(InstructionSet set, ComputePool pool, WorkerScratch scratch, CpuBuffer queries, CpuBuffer keyValue, CpuBuffer output)
    {
        using var attention = AttentionOperations.For(set, pool, scratch);
        using var cache = new CpuCache(new CacheShape(Blocks: 1, BlockLength: 32, KvHeads: 1, HeadDim));
        var call = new AttentionCall
        {
            Queries = queries.Data,
            Output = output.Data,
            Keys = cache.Keys,
            Values = cache.Values,
            Layout = cache.Layout,
            Heads = Heads,
            Scale = 1f,
            Window = 0,
        };
        ReadOnlyMemory<int> blocks = new int[1];
        AttentionSegment[] prompt = [new(FirstRow: 0, PromptRows, FirstPosition: 0, blocks)], token = [new(0, RowCount: 1, PromptRows - 1, blocks)];
        attention.Store(keyValue, keyValue, prompt, cache);
        attention.Attend(call, prompt);
        attention.Attend(call, token);
    }

    private static bool IsFirst(InstructionSet set, int bit) =>
        RuntimeFeature.IsDynamicCodeCompiled && Environment.ProcessorCount > 1 && (Interlocked.Or(ref Begun[(int)set], 1UL << bit) & (1UL << bit)) == 0;

    private static CpuBuffer Zeros(int rows, int columns)
    {
        var buffer = new CpuBuffer(rows, columns, new MemoryMeter());
        new Span<float>(buffer.Data, rows * columns).Clear();
        return buffer;
    }
}
