namespace Quipu.Cpu.Expand;

/// <summary>
/// How a row of quantized weights becomes one byte an element, with a scale for every 16 elements: w = scale · q, or w = scale · q + min.
/// </summary>
internal readonly unsafe struct RowExpander
{
    /// <summary>What the bytes can be.</summary>
    public QuantRange Range { get; init; }

    /// <summary>Whether minimums are written.</summary>
    public bool HasMins => Range != QuantRange.Signed;

    /// <summary>(row, columns, quants [columns], scales [columns / 16], mins [columns / 16]).</summary>
    public delegate* managed<byte*, int, byte*, float*, float*, void> Expand { get; init; }
}
