using System.Runtime.CompilerServices;
using Quipu.Cpu.MatMul;
using Quipu.Cpu.Memory;
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
    private const int Columns = 256, WeightRows = QuantizedProduct.MaxRows;
    // Heads that share one of K and V.
    private const int HeadDim = 64, Heads = 3;
    // Fours of rows and a rest, more than few; few rows and one have kernels of their own.
    private const int PromptRows = QuantizedProduct.FewRows + 3, FewRows = 3;
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
        using var device = Device(set);
        using var zeros = Zeros(TensorFormats.Get(type).RowBytes(Columns) * WeightRows);
        using CpuBuffer input = Zeros(device, Columns), output = Zeros(device, WeightRows);
        // A row with an outlier takes more than others, and the first of every sequence has one.
        input.Data[0] = 1f;
        var weight = device.LoadWeight(new TensorView("warmup", type, WeightRows, Columns, (nint)zeros.Data));
        device.MatMul(input, PromptRows, [new Projection(weight, output)]);
        device.MatMul(input, 1, [new Projection(weight, output)]);
        device.MatMul(input, FewRows, [new Projection(weight, output)]);
    }

    internal static void CallOperations(InstructionSet set)
    {
        using var device = Device(set);
        using var zeros = Zeros(sizeof(float) * Heads * HeadDim);
        using CpuBuffer rows = Zeros(device, Heads * HeadDim), others = Zeros(device, Heads * HeadDim), keyValue = Zeros(device, HeadDim), angles = Zeros(device, HeadDim);
        using var cache = device.CreateCache(new CacheShape(Blocks: 1, BlockLength: 32, KvHeads: 1, HeadDim));
        ReadOnlyMemory<int> blocks = new int[1];
        AttentionSegment[] prompt = [new(FirstRow: 0, PromptRows, FirstPosition: 0, blocks)], token = [new(0, RowCount: 1, PromptRows - 1, blocks)];
        var gain = device.LoadWeight(new TensorView("warmup", TensorType.F32, Rows: 1, Heads * HeadDim, (nint)zeros.Data));
        device.RmsNorm(rows, PromptRows, gain, epsilon: 1f, rows);
        device.Rope(rows, PromptRows, HeadDim, angles, RopeStyle.Norm);
        device.StoreKeyValue(keyValue, keyValue, prompt, cache);
        device.Attend(rows, prompt, cache, scale: 1f, window: 0, others);
        device.Attend(rows, token, cache, scale: 1f, window: 0, others);
        device.Add(rows, PromptRows, others);
    }

    private static bool IsFirst(InstructionSet set, int bit) =>
        RuntimeFeature.IsDynamicCodeCompiled && Environment.ProcessorCount > 1 && (Interlocked.Or(ref Begun[(int)set], 1UL << bit) & (1UL << bit)) == 0;

    private static CpuDevice Device(InstructionSet set) => new(new CpuDeviceOptions { Threads = 1, InstructionSet = set });

    private static CpuBuffer Zeros(CpuDevice device, int columns)
    {
        var buffer = CpuDevice.Own(device.CreateBuffer(PromptRows, columns));
        new Span<float>(buffer.Data, PromptRows * columns).Clear();
        return buffer;
    }

    private static AlignedMemory Zeros(long bytes)
    {
        var memory = new AlignedMemory(bytes);
        new Span<byte>(memory.Data, (int)bytes).Clear();
        return memory;
    }
}
