using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Limits;
using Quipu.Cpu.MatMul;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu;

/// <summary>
/// The processor as a device: weights stay in the mapped file, activations are F32, matrix products with quantized weights use int8 activations,
/// the cache is F16 or Q8_0. Results do not depend on the number of threads, nor on how many rows are computed at once.
/// </summary>
public sealed unsafe class CpuDevice : IDevice
{
    private readonly ComputePool _pool;
    private readonly KernelTable _kernels;
    private readonly WorkerScratch _scratch;
    private readonly MatrixMultiplier _multiplier;
    private readonly RowOperations _operations;
    private readonly AttentionOperations _attention;
    private readonly MemoryMeter _meter = new();
    private readonly int _rowThreads;
    private readonly int _batchThreads;
    private bool _disposed;

    /// <summary>Starts the threads and chooses the kernels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number of threads is negative or above 1024.</exception>
    /// <exception cref="NotSupportedException">The processor lacks the instruction set asked for.</exception>
    public CpuDevice(CpuDeviceOptions? options = null)
    {
        options ??= new CpuDeviceOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, ComputePool.MaxThreads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.BatchThreads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BatchThreads, ComputePool.MaxThreads, nameof(options));
        InstructionSet set = options.InstructionSet ?? InstructionSets.Best;
        if (!InstructionSets.IsSupported(set))
            throw new NotSupportedException($"This processor has no {InstructionSets.Name(set)}.");
        KernelWarmup.BeginOperations(set);
        _kernels = new KernelTable(set);
        _rowThreads = options.Threads > 0 ? options.Threads : CpuTopology.PhysicalCores();
        _batchThreads = options.BatchThreads > 0 ? options.BatchThreads : _rowThreads;
        _pool = new ComputePool(Math.Max(_rowThreads, _batchThreads));
        _scratch = new WorkerScratch(_pool.Threads);
        _multiplier = new MatrixMultiplier(_pool, _scratch, _kernels);
        _operations = RowOperations.For(set, _pool);
        _attention = AttentionOperations.For(set, _pool, _scratch);
        Description = new DeviceDescription(CpuTopology.ProcessorName(), InstructionSets.Name(set), _rowThreads, Details());
    }

    /// <inheritdoc/>
    public DeviceDescription Description { get; }

    /// <inheritdoc/>
    public long WorkingBytes => _meter.Bytes + _scratch.Bytes;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The matrix is empty, or its rows are no whole number of its type's blocks.</exception>
    public DeviceWeight LoadWeight(TensorView view)
    {
        var weight = CpuWeight.Load(view, _kernels.InstructionSet);
        if (view.Rows > 1) KernelWarmup.BeginProducts(_kernels.InstructionSet, view.Type);
        return weight;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">There is no row or no column.</exception>
    public DeviceBuffer CreateBuffer(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        return new CpuBuffer(rows, columns, _meter);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1.</exception>
    public DeviceCache CreateCache(CacheShape shape)
    {
        if (shape.Blocks < 1 || shape.BlockLength < 1 || shape.KvHeads < 1 || shape.HeadDim < 1)
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "Every dimension of a cache must be at least 1.");
        CheckCacheType(shape.KeyType, shape.HeadDim);
        CheckCacheType(shape.ValueType, shape.HeadDim);
        return new CpuCache(shape);
    }

    /// <inheritdoc/>
    public void CopyBlock(DeviceCache cache, int source, int destination) => Own(cache).CopyBlock(source, destination);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A token has no row in the table.</exception>
    public void EmbedRows(DeviceWeight table, ReadOnlySpan<int> tokens, float scale, DeviceBuffer output)
    {
        var weight = Own(table);
        var buffer = Own(output);
        CheckRows(buffer, tokens.Length);
        CheckColumns(buffer, weight.View.Columns);
        for (int i = 0; i < tokens.Length; i++)
        {
            var row = new Span<float>(buffer.Row(i), buffer.Columns);
            weight.Format.Decode(weight.View.Row(tokens[i]), row);
            if (scale == 1f) continue;
            foreach (ref float value in row) value *= scale;
        }
    }

    /// <inheritdoc/>
    public void MatMul(DeviceBuffer input, int rows, ReadOnlySpan<Projection> projections)
    {
        var buffer = Own(input);
        CheckRows(buffer, rows);
        _pool.ActiveThreads = rows == 1 ? _rowThreads : _batchThreads;
        _multiplier.Multiply(buffer, rows, projections);
    }

    /// <inheritdoc/>
    public void RmsNorm(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer output)
    {
        (var source, var target) = Pair(input, output, rows);
        _operations.RmsNorm(source.Data, rows, source.Columns, VectorOf(gain, source.Columns), epsilon, target.Data);
    }

    /// <inheritdoc/>
    public void RmsNormAdd(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer residual)
    {
        (var source, var target) = Pair(input, residual, rows);
        _operations.RmsNormAdd(source.Data, rows, source.Columns, VectorOf(gain, source.Columns), epsilon, target.Data);
    }

    /// <inheritdoc/>
    public void RmsNormHeads(DeviceBuffer values, int rows, DeviceWeight gain, float epsilon)
    {
        var buffer = Own(values);
        CheckRows(buffer, rows);
        int headDim = gain.View.Columns;
        CheckHeads(buffer, headDim);
        _operations.RmsNormHeads(buffer.Data, rows, buffer.Columns, headDim, VectorOf(gain, headDim), epsilon);
    }

    /// <inheritdoc/>
    public void Add(DeviceBuffer input, int rows, DeviceBuffer residual)
    {
        (var source, var target) = Pair(input, residual, rows);
        _operations.Add(source.Data, rows, source.Columns, target.Data);
    }

    /// <inheritdoc/>
    public void GeluMul(DeviceBuffer gate, DeviceBuffer up, int rows)
    {
        (var target, var factor) = Pair(gate, up, rows);
        _operations.GeluMul(target.Data, factor.Data, rows, target.Columns);
    }

    /// <inheritdoc/>
    public void SiluMul(DeviceBuffer gate, DeviceBuffer up, int rows)
    {
        (var target, var factor) = Pair(gate, up, rows);
        _operations.SiluMul(target.Data, factor.Data, rows, target.Columns);
    }

    /// <inheritdoc/>
    public void RopeTable(ReadOnlySpan<int> positions, ReadOnlySpan<float> frequencies, float magnitude, DeviceBuffer table)
    {
        var buffer = Own(table);
        CheckRows(buffer, positions.Length);
        CheckColumns(buffer, 2 * frequencies.Length);
        RotaryEmbedding.FillTable(positions, frequencies, magnitude, buffer.Data);
    }

    /// <inheritdoc/>
    public void Rope(DeviceBuffer values, int rows, int headDim, DeviceBuffer table, RopeStyle style)
    {
        var buffer = Own(values);
        var rotations = Own(table);
        CheckRows(buffer, rows);
        CheckRows(rotations, rows);
        CheckHeads(buffer, headDim);
        if (rotations.Columns > headDim)
            throw new ArgumentException($"A table of {rotations.Columns} columns turns more than a head of {headDim}.", nameof(table));
        _operations.Rope(buffer.Data, rows, buffer.Columns, headDim, rotations.Data, rotations.Columns, style);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A position has no block.</exception>
    public void StoreKeyValue(DeviceBuffer keys, DeviceBuffer values, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache)
    {
        var own = Own(cache);
        var k = Own(keys);
        var v = Own(values);
        int columns = own.Shape.KvHeads * own.Shape.HeadDim;
        CheckColumns(k, columns);
        CheckColumns(v, columns);
        CheckSegments(segments, Math.Min(k.Rows, v.Rows));
        _attention.Store(k, v, segments, own);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A position that is needed has no block.</exception>
    public void Attend(
        DeviceBuffer queries, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache, float scale, int window, DeviceBuffer output)
    {
        var own = Own(cache);
        var q = Own(queries);
        var target = Own(output);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        CheckHeads(q, own.Shape.KvHeads * own.Shape.HeadDim);
        CheckColumns(target, q.Columns);
        CheckSegments(segments, Math.Min(q.Rows, target.Rows));
        var call = new AttentionCall
        {
            Queries = q.Data,
            Output = target.Data,
            Keys = own.Keys,
            Values = own.Values,
            Layout = own.Layout,
            Heads = q.Columns / own.Shape.HeadDim,
            Scale = scale,
            Window = window,
        };
        _attention.Attend(call, segments);
    }

    /// <inheritdoc/>
    public void GatherRows(DeviceBuffer input, ReadOnlySpan<int> rowIndices, DeviceBuffer output)
    {
        var source = Own(input);
        var target = Own(output);
        CheckRows(target, rowIndices.Length);
        CheckColumns(target, source.Columns);
        for (int i = 0; i < rowIndices.Length; i++)
        {
            CheckRows(source, checked(rowIndices[i] + 1));
            ArgumentOutOfRangeException.ThrowIfNegative(rowIndices[i], nameof(rowIndices));
            new ReadOnlySpan<float>(source.Row(rowIndices[i]), source.Columns).CopyTo(new Span<float>(target.Row(i), target.Columns));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The destination is shorter than the row.</exception>
    public void ReadRow(DeviceBuffer buffer, int row, Span<float> destination)
    {
        var source = Own(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, source.Rows);
        if (destination.Length < source.Columns)
            throw new ArgumentException($"A row has {source.Columns} elements, the destination {destination.Length}.", nameof(destination));
        // Not CopyTo: the C library copies a row of logits with an instruction that is four times slower on Zen 3 where the destination is aligned to 16
        // bytes only, as arrays are (eight rows of 49 152: 773 µs, and 202 so).
        float* from = source.Row(row);
        int i = 0;
        for (; i <= source.Columns - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Load(from + i).StoreUnsafe(ref MemoryMarshal.GetReference(destination), (nuint)i);
        for (; i < source.Columns; i++) destination[i] = from[i];
    }

    /// <summary>
    /// Measures what no kernel can pass with the threads of a token and these kernels' instruction set; takes some passes over the matrices.
    /// </summary>
    /// <param name="weights">What a token reads; must stay mapped.</param>
    /// <exception cref="ObjectDisposedException">The device is disposed.</exception>
    public MachineLimits MeasureLimits(IReadOnlyList<TensorView> weights)
    {
        _pool.ActiveThreads = _rowThreads;
        return new MachineLimits(
            ReadProbe.Measure(_pool, weights),
            MultiplyAddProbe.MeasureIntegers(_pool, _kernels.InstructionSet),
            MultiplyAddProbe.MeasureFloats(_pool, _kernels.InstructionSet));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _pool.Dispose();
        _multiplier.Dispose();
        _attention.Dispose();
        _scratch.Dispose();
    }

    /// <summary>A weight of this kind of device.</summary>
    internal static CpuWeight Own(DeviceWeight weight) =>
        weight as CpuWeight ?? throw new ArgumentException("The weight belongs to another device.", nameof(weight));

    /// <summary>A buffer of this kind of device.</summary>
    internal static CpuBuffer Own(DeviceBuffer buffer) =>
        buffer as CpuBuffer ?? throw new ArgumentException("The buffer belongs to another device.", nameof(buffer));

    /// <summary>A cache of this kind of device.</summary>
    internal static CpuCache Own(DeviceCache cache) =>
        cache as CpuCache ?? throw new ArgumentException("The cache belongs to another device.", nameof(cache));

    /// <summary>The elements of a gain or bias.</summary>
    /// <exception cref="ArgumentException">It is no vector of that length.</exception>
    internal static float* VectorOf(DeviceWeight weight, int length)
    {
        float* vector = Own(weight).Vector;
        if (vector is null || weight.View.Columns != length)
        {
            throw new ArgumentException(
                $"'{weight.View.Name}' is [{weight.View.Rows}, {weight.View.Columns}], not a vector of {length}.", nameof(weight));
        }

        return vector;
    }

    private List<string> Details()
    {
        var details = new List<string>();
        InstructionSet best = InstructionSets.Best;
        if (_kernels.InstructionSet != best) details.Add($"{InstructionSets.Name(best)} is there, but not used");
        if (_kernels.InstructionSet == InstructionSet.Scalar) details.Add("no vector instructions in use: slow");
        details.Add($"quantized weights: {_kernels.Quantized.Name}, int8 activations in groups of 32");
        details.Add($"F32, F16 and BF16 weights: {InstructionSets.Name(_kernels.InstructionSet)}, F32 activations");
        details.Add("cache: F16 or Q8_0, F32 products");
        if (_batchThreads != _rowThreads) details.Add($"passes of more than one row: {_batchThreads} threads");
        return details;
    }

    private static void CheckCacheType(TensorType type, int headDim)
    {
        if (type is not (TensorType.F16 or TensorType.Q8_0))
            throw new NotSupportedException($"The CPU has no cache of {type}; there are F16 and Q8_0.");
        if (type == TensorType.Q8_0 && headDim % KeyValueLayout.ScaleGroup != 0)
            throw new NotSupportedException($"A cache of Q8_0 needs heads of a multiple of {KeyValueLayout.ScaleGroup} elements; this model's have {headDim}.");
    }

    private static (CpuBuffer First, CpuBuffer Second) Pair(DeviceBuffer first, DeviceBuffer second, int rows)
    {
        var a = Own(first);
        var b = Own(second);
        CheckRows(a, rows);
        CheckRows(b, rows);
        CheckColumns(b, a.Columns);
        return (a, b);
    }

    private static void CheckRows(CpuBuffer buffer, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        if (rows > buffer.Rows) throw new ArgumentOutOfRangeException(nameof(rows), rows, $"The buffer has {buffer.Rows} rows.");
    }

    private static void CheckSegments(ReadOnlySpan<AttentionSegment> segments, int rows)
    {
        foreach (ref readonly AttentionSegment segment in segments)
        {
            if (segment.FirstRow < 0 || segment.RowCount < 0 || segment.FirstPosition < 0
                || segment.FirstRow > rows - segment.RowCount || segment.FirstPosition > int.MaxValue - segment.RowCount)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(segments), segment, $"A segment must lie within the {rows} rows of its buffers and at positions of an Int32.");
            }
        }
    }

    private static void CheckColumns(CpuBuffer buffer, int columns)
    {
        if (buffer.Columns != columns)
            throw new ArgumentException($"The buffer has {buffer.Columns} columns where {columns} are needed.", nameof(buffer));
    }

    private static void CheckHeads(CpuBuffer buffer, int headDim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(headDim, 1);
        if (buffer.Columns % headDim != 0)
            throw new ArgumentException($"Rows of {buffer.Columns} are no whole number of heads of {headDim}.", nameof(buffer));
    }
}
