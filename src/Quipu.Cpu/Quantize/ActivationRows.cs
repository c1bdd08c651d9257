namespace Quipu.Cpu.Quantize;

/// <summary>
/// Quantized activations: rows of int8 with a scale for every 16 elements, x ≈ scale · q. Strides are padded with zeros, so that kernels
/// run over whole vectors.
/// </summary>
internal readonly unsafe struct ActivationRows(sbyte* quants, float* scales, float* sums, int rows, RowLayout layout)
{
    /// <summary>[Rows, Layout.Quants], −127 … 127.</summary>
    public readonly sbyte* Quants = quants;

    /// <summary>[Rows, Layout.Groups]: one for every 16 elements, like a weight's.</summary>
    public readonly float* Scales = scales;

    /// <summary>[Rows, Layout.Groups]: scale · Σq of every 16 elements, what a weight's minimum is multiplied with.</summary>
    public readonly float* Sums = sums;

    /// <summary>Number of rows.</summary>
    public readonly int Rows = rows;

    /// <summary>Strides.</summary>
    public readonly RowLayout Layout = layout;
}

/// <summary>Strides of quantized rows, of weights as of activations.</summary>
/// <param name="Columns">Elements of a row, a multiple of 32.</param>
internal readonly record struct RowLayout(int Columns)
{
    /// <summary>Elements that share a scale.</summary>
    public const int GroupLength = 16;

    /// <summary>Bytes from row to row: columns up to a whole 512-bit vector.</summary>
    public int Quants => (Columns + 63) & ~63;

    /// <summary>Floats from row to row of scales, minimums and sums: groups up to a whole 512-bit vector.</summary>
    public int Groups => ((Columns / GroupLength) + 15) & ~15;
}
