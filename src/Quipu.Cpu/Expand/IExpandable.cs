namespace Quipu.Cpu.Expand;

/// <summary>
/// What an expander knows of a quantized format: w = Scale · Quant + Minimum, or with <see cref="QuantRanges.HasSubScales"/>
/// w = Scale · SubScale · Quant + Minimum · SubMinimum.
/// </summary>
internal unsafe interface IExpandable : IWeightKind
{
    /// <summary>Elements of a block.</summary>
    static abstract int BlockLength { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>The quant of an element of a block.</summary>
    static abstract int Quant(byte* block, int index);

    /// <summary>The scale of a block's group of 32.</summary>
    static abstract float Scale(byte* block, int group);

    /// <summary>The minimum of a block's group; not asked of signed formats.</summary>
    static abstract float Minimum(byte* block, int group);

    /// <summary>The int8 that multiplies the scale in a block's group of 16.</summary>
    static virtual int SubScale(byte* block, int sixteen) => 1;

    /// <summary>The int8 that multiplies the minimum in a block's group of 16.</summary>
    static virtual int SubMinimum(byte* block, int sixteen) => 1;

    /// <summary>
    /// Expands a block of each row: all quants, scales and minimums, with the same bits as above. Super-blocks are no part of their caller's machine code and
    /// copy the sink first: what is behind a reference is read again at each use, a copy stays in registers.
    /// </summary>
    static abstract void Expand<TRows, TSink>(RowPointers rows, ref TSink sink)
        where TRows : struct, IRowLanes<TRows>
        where TSink : struct, IBlockSink<TRows>;
}
