using Quipu.Cpu.Memory;

namespace Quipu.Cpu.Quantize;

/// <summary>
/// What eight bits leave of rows with an outlier, quantized again: product with the row plus product with its residual are as good as with sixteen bits.
/// Where one element towers above all others, as in the first row of every sequence, at which all later ones look, its neighbours are rounded to its
/// step, and that error reaches every later token. Other rows have no residual, so this costs nothing where it would not help.
/// </summary>
internal sealed unsafe class ResidualRows : IDisposable
{
    // The largest of a row's scales against the mean of its other ones: 1.2 to 3 for ordinary rows, hundreds for the first one.
    private const float Outlier = 9;

    private readonly AlignedMemory _quants = new(), _row = new(), _indices = new(), _outliers = new();

    /// <summary>The residuals of the rows that need one; as many as <see cref="Count"/>.</summary>
    public ActivationRows Rows { get; private set; }

    /// <summary>[Count]: which rows of the input they belong to.</summary>
    public int* Indices => (int*)_indices.Data;

    /// <summary>How many rows have one.</summary>
    public int Count { get; private set; }

    /// <summary>Where the tasks that quantize rows write which of them have an outlier, [rows].</summary>
    public bool* ReserveOutliers(int rows)
    {
        _outliers.Grow(sizeof(bool) * (long)rows);
        return (bool*)_outliers.Data;
    }

    /// <summary>Quantizes the residuals of the rows with an outlier.</summary>
    /// <param name="input">[rows, columns].</param>
    /// <param name="quantized">The same rows, quantized.</param>
    /// <param name="quantize">The quantizer of one row.</param>
    public void Fill(float* input, ActivationRows quantized, delegate* managed<float*, int, QuantizedRow, void> quantize)
    {
        Count = 0;
        _indices.Grow(sizeof(int) * (long)quantized.Rows);
        bool* outliers = (bool*)_outliers.Data;
        for (int row = 0; row < quantized.Rows; row++)
        {
            if (outliers[row]) Indices[Count++] = row;
        }

        if (Count == 0) return;
        _quants.Grow(ActivationRows.Bytes(Count, quantized.Columns));
        _row.Grow(sizeof(float) * (long)quantized.Columns);
        Rows = new ActivationRows((byte*)_quants.Data, Count, quantized.Columns);
        for (int i = 0; i < Count; i++)
        {
            Subtract(input + ((long)Indices[i] * quantized.Columns), quantized.Row(Indices[i]), quantized.Columns, (float*)_row.Data);
            quantize((float*)_row.Data, quantized.Columns, Rows.Row(i));
        }

        Rows.ClearRowsBeyond();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _quants.Dispose();
        _row.Dispose();
        _indices.Dispose();
        _outliers.Dispose();
    }

    /// <summary>Whether a row has an outlier: from its scales alone, in their order, so that every instruction set decides alike.</summary>
    public static bool HasOutlier(QuantizedRow row, int groups)
    {
        float largest = 0, sum = 0;
        for (int group = 0; group < groups; group++)
        {
            float scale = row.Scales[group * row.Stride];
            sum += scale;
            largest = scale > largest ? scale : largest;
        }

        return largest * (groups - 1) > Outlier * (sum - largest);
    }

    private static void Subtract(float* x, QuantizedRow row, int columns, float* residual)
    {
        for (int i = 0; i < columns; i += 4, row.Quants += 4 * row.Stride)
        {
            float scale = row.Scales[i / ActivationRows.GroupLength * row.Stride];
            residual[i] = x[i] - (scale * row.Quants[0]);
            residual[i + 1] = x[i + 1] - (scale * row.Quants[1]);
            residual[i + 2] = x[i + 2] - (scale * row.Quants[2]);
            residual[i + 3] = x[i + 3] - (scale * row.Quants[3]);
        }
    }
}
