namespace Quipu.Cpu.Expand;

/// <summary>
/// How a row of quantized weights becomes one byte an element, with a scale for every 16 elements: w = scale · q, or w = scale · q + min.
/// </summary>
internal readonly unsafe struct RowExpander
{
    /// <summary>Whether the bytes are signed, −128 … 127; otherwise they are 0 … 63.</summary>
    public bool Signed { get; init; }

    /// <summary>Whether minimums are written.</summary>
    public bool HasMins { get; init; }

    /// <summary>(row, columns, quants [columns], scales [columns / 16], mins [columns / 16]).</summary>
    public delegate* managed<byte*, int, byte*, float*, float*, void> Expand { get; init; }
}
