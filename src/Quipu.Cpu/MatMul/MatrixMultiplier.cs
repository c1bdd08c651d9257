using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;
using Quipu.Tensors;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// Products of one input with the weights of several projections: the input is quantized once, then the threads take tiles of weight rows, expand
/// each tile into their own scratch, which stays in the cache, and multiply it with all activation rows.
/// </summary>
internal sealed unsafe class MatrixMultiplier : IDisposable
{
    // Unquantized weights: a tile of converted rows shares the first-level cache with the activations that pass by.
    private const int TileBytes = 24 * 1024;
    private const int MaxParts = 16;
    // Below this many multiply-adds waking another thread costs more than it saves.
    private const long SerialWork = 65_536;
    private const int TasksPerThread = 8;
    // Where reading the weights is much of the work, a thread is better left to read on: with eight rows 3 were 4 % faster than 8, and 8 faster than 24.
    private const int TasksPerThreadOfFewRows = 3;
    private const int FewestRowsPerTask = 8;

    private readonly ComputePool _pool;
    private readonly KernelTable _kernels;
    private readonly AlignedMemory _activations = new();
    private readonly ResidualRows _residuals = new();
    private readonly WorkerScratch _scratch;

    /// <summary>A multiplier that computes on a pool.</summary>
    public MatrixMultiplier(ComputePool pool, WorkerScratch scratch, KernelTable kernels)
    {
        _pool = pool;
        _scratch = scratch;
        _kernels = kernels;
    }

    /// <summary>For each projection: output = input · weightᵀ (+ bias), for the first rows of the input.</summary>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void Multiply(CpuBuffer input, int rows, ReadOnlySpan<Projection> projections)
    {
        while (projections.Length > MaxParts)
        {
            Multiply(input, rows, projections[..MaxParts]);
            projections = projections[MaxParts..];
        }

        if (rows == 0 || projections.Length == 0) return;
        ProductPart* parts = stackalloc ProductPart[MaxParts];
        ProductJob job = new()
        {
            Input = input.Data,
            Rows = rows,
            Columns = input.Columns,
            Lanes = _kernels.Quantized.Lanes,
            Quantize = _kernels.Quantize,
            FloatTile = _kernels.Float.Multiply,
            Parts = parts,
            PartCount = projections.Length,
        };
        bool quantizes = false;
        long outputs = 0;
        for (int i = 0; i < projections.Length; i++)
        {
            parts[i] = Part(input, rows, projections[i]);
            quantizes |= parts[i].IsQuantized;
            outputs += parts[i].Weights.Count;
        }

        if (quantizes) QuantizeInput(&job);
        int tasks = PlanTasks(&job, outputs);
        _pool.Run(&ProductJob.MultiplyTask, &job, tasks);
        GC.KeepAlive(input);
        // A weight owns its last rows, and the tasks held bare pointers to them.
        foreach (Projection projection in projections) GC.KeepAlive(projection.Weight);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _activations.Dispose();
        _residuals.Dispose();
    }

    private ProductPart Part(CpuBuffer input, int rows, Projection projection)
    {
        var weight = CpuDevice.Own(projection.Weight);
        var output = CpuDevice.Own(projection.Output);
        TensorView view = weight.View;
        if (view.Columns != input.Columns || view.Rows != output.Columns || rows > output.Rows)
        {
            throw new ArgumentException(
                $"'{view.Name}' is [{view.Rows}, {view.Columns}]: it cannot multiply {rows} rows of {input.Columns} into [{output.Rows}, {output.Columns}].",
                nameof(projection));
        }

        return new ProductPart
        {
            Weights = new WeightRows
            {
                Data = weight.Data,
                RowBytes = weight.RowBytes,
                Count = view.Rows,
                Expander = weight.Expander,
                Lanes = _kernels.Quantized.Lanes,
                LastRows = weight.LastRows,
            },
            RowsPerTile = weight.IsQuantized ? QuantizedProduct.MaxRows : Math.Clamp((TileBytes / (sizeof(float) * input.Columns)) & ~3, 4, 64),
            IsQuantized = weight.IsQuantized,
            Kernels = weight.IsQuantized ? _kernels.Quantized.For(weight.Expander.Range) : default,
            Convert = view.Type switch
            {
                TensorType.F16 => _kernels.Float.ConvertHalf,
                TensorType.BF16 => _kernels.Float.ConvertBFloat,
                _ => null,
            },
            Output = output.Data,
            OutputStride = output.Columns,
            Bias = projection.Bias is null ? null : CpuDevice.VectorOf(projection.Bias, view.Rows),
        };
    }

    private void QuantizeInput(ProductJob* job)
    {
        _activations.Grow(ActivationRows.Bytes(job->Rows, job->Columns));
        job->Activations = new ActivationRows((byte*)_activations.Data, job->Rows, job->Columns);
        job->Activations.ClearRowsBeyond();
        job->Outliers = _residuals.ReserveOutliers(job->Rows);
        int tasks = (job->Rows + ProductJob.RowsPerQuantizeTask - 1) / ProductJob.RowsPerQuantizeTask;
        _pool.Run(&ProductJob.QuantizeTask, job, tasks);
        _residuals.Fill(job->Input, job->Activations, job->Quantize);
        job->Residuals = _residuals.Rows;
        job->ResidualIndices = _residuals.Indices;
        job->ResidualCount = _residuals.Count;
    }

    // How the weight rows are cut into tasks has no influence on the results: every element is computed alone.
    private int PlanTasks(ProductJob* job, long outputs)
    {
        bool serial = _pool.Threads == 1 || outputs * job->Rows * job->Columns < SerialWork;
        int perThread = job->Rows <= QuantizedProduct.FewRows ? TasksPerThreadOfFewRows : TasksPerThread;
        long share = serial ? int.MaxValue : Math.Max(outputs / ((long)_pool.Threads * perThread), FewestRowsPerTask);
        int tasks = 0;
        for (int i = 0; i < job->PartCount; i++)
        {
            ProductPart* part = job->Parts + i;
            long whole = part->RowsPerTile;
            part->RowsPerTask = (int)Math.Min(Math.Max(share / whole, 1) * whole, part->Weights.Count);
            part->RowsPerTile = Math.Min(part->RowsPerTile, part->RowsPerTask);
            part->FirstTask = tasks;
            tasks += (part->Weights.Count + part->RowsPerTask - 1) / part->RowsPerTask;
        }

        job->Scratch = _scratch.Grow(ScratchBytes(job));
        return tasks;
    }

    private static long ScratchBytes(ProductJob* job)
    {
        long most = 0;
        for (int i = 0; i < job->PartCount; i++)
        {
            ProductPart* part = job->Parts + i;
            long bytes = part->IsQuantized ? ProductJob.QuantizedScratchBytes(job)
                : part->Convert != null ? sizeof(float) * (long)job->Columns * part->RowsPerTile
                : 0;
            most = Math.Max(most, bytes);
        }

        return most;
    }
}
