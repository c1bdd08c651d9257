using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>One projection of a job, as plain data for the tasks.</summary>
internal unsafe struct ProductPart
{
    /// <summary>First byte of the weights.</summary>
    public byte* Data;

    /// <summary>Bytes of a weight row.</summary>
    public long RowBytes;

    /// <summary>Weight rows.</summary>
    public int Rows;

    /// <summary>Weight rows a task.</summary>
    public int RowsPerTask;

    /// <summary>Number of the part's first task.</summary>
    public int FirstTask;

    /// <summary>Rows that are computed together: a panel of quantized weights, or converted rows that fit the scratch.</summary>
    public int RowsPerTile;

    /// <summary>How quantized rows are expanded.</summary>
    public PanelExpander Expander;

    /// <summary>The tile kernel of quantized weights; null for unquantized ones.</summary>
    public delegate* managed<TileProduct*, void> Tile;

    /// <summary>Converts a row to F32; null for F32 and quantized weights.</summary>
    public delegate* managed<ushort*, int, float*, void> Convert;

    /// <summary>[rows, OutputStride].</summary>
    public float* Output;

    /// <summary>Floats from a row of the output to the next.</summary>
    public int OutputStride;

    /// <summary>[Rows], or null.</summary>
    public float* Bias;
}

/// <summary>Products of one input with several weights, as plain data for the tasks.</summary>
internal unsafe struct ProductJob
{
    /// <summary>[Rows, Columns].</summary>
    public float* Input;

    /// <summary>Activation rows.</summary>
    public int Rows;

    /// <summary>Elements of a row.</summary>
    public int Columns;

    /// <summary>The input quantized, if a part needs it so.</summary>
    public ActivationRows Activations;

    /// <summary>Rows of a panel of quantized weights.</summary>
    public int Lanes;

    /// <summary>The quantizer of one row.</summary>
    public delegate* managed<float*, RowLayout, sbyte*, float*, float*, void> Quantize;

    /// <summary>The tile kernel of unquantized weights.</summary>
    public delegate* managed<FloatProduct*, void> FloatTile;

    /// <summary>The projections.</summary>
    public ProductPart* Parts;

    /// <summary>How many.</summary>
    public int PartCount;

    /// <summary>Scratch of each worker.</summary>
    public byte** Scratch;

    /// <summary>Activation rows that a quantizing task takes.</summary>
    public const int RowsPerQuantizeTask = 4;

    /// <summary>Quantizes some rows of the input: a task of the pool.</summary>
    public static void QuantizeTask(void* context, int task, int worker)
    {
        var job = (ProductJob*)context;
        int first = task * RowsPerQuantizeTask, end = Math.Min(first + RowsPerQuantizeTask, job->Rows);
        RowLayout layout = job->Activations.Layout;
        for (int row = first; row < end; row++)
        {
            job->Quantize(
                job->Input + ((long)row * job->Columns),
                layout,
                job->Activations.Quants + ((long)row * layout.Quants),
                job->Activations.Scales + ((long)row * layout.Groups),
                job->Activations.Sums + ((long)row * layout.Groups));
        }
    }

    /// <summary>Computes some weight rows' products with the whole input: a task of the pool.</summary>
    public static void MultiplyTask(void* context, int task, int worker)
    {
        var job = (ProductJob*)context;
        int index = job->PartCount - 1;
        while (job->Parts[index].FirstTask > task) index--;
        ProductPart* part = job->Parts + index;
        byte* scratch = job->Scratch[worker];
        int row = (task - part->FirstTask) * part->RowsPerTask, end = Math.Min(row + part->RowsPerTask, part->Rows);
        while (row < end)
        {
            int count = Math.Min(part->RowsPerTile, end - row);
            if (part->Tile != null) MultiplyQuantized(job, part, row, count, scratch);
            else MultiplyFloat(job, part, row, count, scratch);
            if (part->Bias != null) AddBias(job, part, row, count);
            row += count;
        }
    }

    private static void MultiplyQuantized(ProductJob* job, ProductPart* part, int row, int count, byte* scratch)
    {
        byte* data = part->Data + (row * part->RowBytes);
        Prefetch(data + (count * part->RowBytes), count * part->RowBytes);
        TileProduct product = new()
        {
            Weights = new WeightPanel(scratch, job->Activations.Layout, job->Lanes),
            WeightRows = count,
            Activations = job->Activations,
            Output = part->Output + row,
            OutputStride = part->OutputStride,
        };
        part->Expander.Fill(data, part->RowBytes, count, product.Weights);
        part->Tile(&product);
    }

    private static void MultiplyFloat(ProductJob* job, ProductPart* part, int row, int count, byte* scratch)
    {
        byte* data = part->Data + (row * part->RowBytes);
        if (part->Convert != null)
        {
            for (int i = 0; i < count; i++)
                part->Convert((ushort*)(data + (i * part->RowBytes)), job->Columns, (float*)scratch + ((long)i * job->Columns));
            data = scratch;
        }

        FloatProduct product = new()
        {
            Weights = (float*)data,
            WeightStride = job->Columns,
            WeightRows = count,
            Input = job->Input,
            InputStride = job->Columns,
            Rows = job->Rows,
            Columns = job->Columns,
            Output = part->Output + row,
            OutputStride = part->OutputStride,
        };
        job->FloatTile(&product);
    }

    // The tile after this one, while this one is expanded: the processor's own prefetch ends with each tile. An address beyond the weights
    // does no harm: a prefetch cannot fault.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* data, long bytes)
    {
        if (!Sse.IsSupported) return;
        for (long offset = 0; offset < bytes; offset += AlignedMemory.Alignment) Sse.Prefetch1(data + offset);
    }

    private static void AddBias(ProductJob* job, ProductPart* part, int row, int count)
    {
        float* bias = part->Bias + row;
        for (int i = 0; i < job->Rows; i++)
        {
            float* output = part->Output + ((long)i * part->OutputStride) + row;
            for (int j = 0; j < count; j++) output[j] += bias[j];
        }
    }
}
