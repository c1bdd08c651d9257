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

    /// <summary>
    /// (a pointer for each lane, bytes from there to the panel's first column, panel): fills the whole panel.
    /// </summary>
    public delegate* managed<byte**, long, WeightPanel, void> Fill { get; init; }

    /// <summary>
    /// (a pointer for each row, where the next rows begin, product): multiplies <see cref="RowsAtOnce"/> whole rows with one row of activations, without
    /// a panel. Null where there are no registers for that.
    /// </summary>
    public delegate* managed<byte**, byte*, RowProduct*, void> Multiply { get; init; }

    /// <summary>Rows that <see cref="Multiply"/> takes.</summary>
    public int RowsAtOnce { get; init; }
}
