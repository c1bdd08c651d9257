using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>One projection of a job, as plain data for the tasks.</summary>
internal unsafe struct ProductPart
{
    /// <summary>The weights.</summary>
    public WeightRows Weights;

    /// <summary>Weight rows a task.</summary>
    public int RowsPerTask;

    /// <summary>Number of the part's first task.</summary>
    public int FirstTask;

    /// <summary>Rows that are computed together: panels of quantized weights, or converted rows that fit the scratch.</summary>
    public int RowsPerTile;

    /// <summary>Whether the weights are quantized.</summary>
    public bool IsQuantized;

    /// <summary>The kernels of quantized weights.</summary>
    public PanelKernels Kernels;

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

    /// <summary>[Rows]: which rows of the input have an outlier.</summary>
    public bool* Outliers;

    /// <summary>What the quantized input leaves of some rows.</summary>
    public ActivationRows Residuals;

    /// <summary>[ResidualCount]: which rows of the input they belong to.</summary>
    public int* ResidualIndices;

    /// <summary>How many there are.</summary>
    public int ResidualCount;

    /// <summary>Rows of a panel of quantized weights.</summary>
    public int Lanes;

    /// <summary>The quantizer of one row.</summary>
    public delegate* managed<float*, int, QuantizedRow, void> Quantize;

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

    /// <summary>Scratch that a worker needs for quantized weights.</summary>
    public static long QuantizedScratchBytes(ProductJob* job) =>
        QuantizedProduct.ScratchBytes(job->Rows, job->Lanes) + (sizeof(float) * QuantizedProduct.MaxRows * (long)job->ResidualCount);

    /// <summary>Quantizes some rows of the input: a task of the pool.</summary>
    public static void QuantizeTask(void* context, int task, int worker)
    {
        var job = (ProductJob*)context;
        int first = task * RowsPerQuantizeTask, end = Math.Min(first + RowsPerQuantizeTask, job->Rows);
        for (int row = first; row < end; row++)
        {
            QuantizedRow quantized = job->Activations.Row(row);
            job->Quantize(job->Input + ((long)row * job->Columns), job->Columns, quantized);
            job->Outliers[row] = ResidualRows.HasOutlier(quantized, job->Activations.Groups);
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
        int row = (task - part->FirstTask) * part->RowsPerTask, end = Math.Min(row + part->RowsPerTask, part->Weights.Count);
        if (job->Rows == 1 && HasTokenKernel(part))
        {
            WeightRows weights = part->Weights.Slice(row, end - row);
            MultiplyToken(weights, job->Activations, part->Output + row, adds: false, scratch);
            if (job->ResidualCount == 1) MultiplyToken(weights, job->Residuals, part->Output + row, adds: true, scratch);
            if (part->Bias != null) AddBias(job, part, row, end - row);
            return;
        }

        while (row < end)
        {
            int count = Math.Min(part->RowsPerTile, end - row);
            if (part->IsQuantized) MultiplyQuantized(job, part, row, count, scratch);
            else MultiplyFloat(job, part, row, count, scratch);
            if (part->Bias != null) AddBias(job, part, row, count);
            row += count;
        }
    }

    // Unquantized weights have no expander, so none.
    private static bool HasTokenKernel(ProductPart* part) => part->Weights.Expander.Multiply != null;

    private static void MultiplyToken(WeightRows weights, ActivationRows activations, float* output, bool adds, byte* scratch)
    {
        TokenProduct product = new() { Weights = weights, Activations = activations, Output = output, Adds = adds, Scratch = scratch };
        product.Multiply();
    }

    private static void MultiplyQuantized(ProductJob* job, ProductPart* part, int row, int count, byte* scratch)
    {
        float* output = part->Output + row;
        QuantizedProduct product = new()
        {
            Weights = part->Weights.Slice(row, count),
            Kernels = part->Kernels,
            Activations = job->Activations,
            Output = output,
            OutputStride = part->OutputStride,
            Scratch = scratch,
        };
        product.Multiply();
        if (job->ResidualCount == 0) return;
        if (job->ResidualCount == 1 && HasTokenKernel(part))
        {
            MultiplyToken(product.Weights, job->Residuals, output + ((long)job->ResidualIndices[0] * part->OutputStride), adds: true, scratch);
            return;
        }

        // The residuals' products are few: they are made apart and added.
        float* residuals = (float*)(scratch + QuantizedProduct.ScratchBytes(job->Rows, job->Lanes));
        product.Activations = job->Residuals;
        product.Output = residuals;
        product.OutputStride = QuantizedProduct.MaxRows;
        product.Multiply();
        for (int i = 0; i < job->ResidualCount; i++)
        {
            float* to = output + ((long)job->ResidualIndices[i] * part->OutputStride), from = residuals + ((long)i * QuantizedProduct.MaxRows);
            for (int j = 0; j < count; j++) to[j] += from[j];
        }
    }

    private static void MultiplyFloat(ProductJob* job, ProductPart* part, int row, int count, byte* scratch)
    {
        long rowBytes = part->Weights.RowBytes;
        byte* data = part->Weights.Data + (row * rowBytes);
        if (part->Convert != null)
        {
            for (int i = 0; i < count; i++)
                part->Convert((ushort*)(data + (i * rowBytes)), job->Columns, (float*)scratch + ((long)i * job->Columns));
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
