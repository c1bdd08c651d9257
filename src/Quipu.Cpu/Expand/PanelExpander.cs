using Quipu.Cpu.MatMul;

namespace Quipu.Cpu.Expand;

/// <summary>How rows of quantized weights become a <see cref="WeightPanel"/>: w = scale · q, or w = scale · q + min.</summary>
internal readonly unsafe struct PanelExpander
{
    /// <summary>What the quants can be.</summary>
    public QuantRange Range { get; init; }

    /// <summary>Elements of a block: a panel's columns are a multiple.</summary>
    public int BlockLength { get; init; }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; init; }

    /// <summary>(the panel's first block in its first row, bytes from a row to the next, panel): fills the whole panel.</summary>
    public delegate* managed<byte*, long, WeightPanel, void> Fill { get; init; }

    /// <summary>
    /// (first row, bytes from a row to the next, what to prefetch meanwhile or null, product): multiplies <see cref="RowsAtOnce"/> whole rows with
    /// one row of activations, without a panel. Null where there are no registers for that.
    /// </summary>
    public delegate* managed<byte*, long, byte*, RowProduct*, void> Multiply { get; init; }

    /// <summary>
    /// (first row, bytes from a row to the next, as many rows to prefetch meanwhile, product): multiplies <see cref="RowsAtOnce"/> whole rows with
    /// rows of activations in fours, without a panel. Null where panels were not found slower.
    /// </summary>
    public delegate* managed<byte*, long, byte*, RowProduct*, void> MultiplyFew { get; init; }

    /// <summary>Rows that <see cref="Multiply"/> and <see cref="MultiplyFew"/> take.</summary>
    public int RowsAtOnce { get; init; }
}
