namespace Quipu.Cpu.Expand;

/// <summary>How rows of quantized weights become a <see cref="WeightPanel"/>: w = scale · q, or w = scale · q + min.</summary>
internal readonly unsafe struct PanelExpander
{
    /// <summary>What the quants can be.</summary>
    public QuantRange Range { get; init; }

    /// <summary>Whether minimums are written.</summary>
    public bool HasMins => Range != QuantRange.Signed;

    /// <summary>(first row, bytes from row to row, 1 … lanes rows, panel): fills as many lanes; those beyond may be written too.</summary>
    public delegate* managed<byte*, long, int, WeightPanel, void> Fill { get; init; }
}
