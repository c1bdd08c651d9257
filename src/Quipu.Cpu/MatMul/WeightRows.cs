using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;

namespace Quipu.Cpu.MatMul;

/// <summary>Some rows of a weight matrix, as plain data for the tasks.</summary>
internal unsafe struct WeightRows
{
    /// <summary>First byte.</summary>
    public byte* Data;

    /// <summary>Bytes of a row.</summary>
    public long RowBytes;

    /// <summary>How many, at least 1.</summary>
    public int Count;

    /// <summary>How quantized rows are expanded.</summary>
    public PanelExpander Expander;

    /// <summary>Rows of a panel of quantized weights.</summary>
    public int Lanes;

    /// <summary>See <see cref="CpuWeight.LastRows"/>; not read where the rows end with a whole panel.</summary>
    public byte* LastRows;

    /// <summary>Some of the rows: from a whole panel on, and to a whole panel or to the end.</summary>
    public readonly WeightRows Slice(int row, int count) => this with { Data = Data + (row * RowBytes), Count = count };

    /// <summary>Where so many rows can be read, as many as a panel has or a half: zeros stand for those beyond the last.</summary>
    /// <param name="row">The first of them, a multiple of <paramref name="count"/> if there are not so many left.</param>
    /// <param name="count">How many.</param>
    public readonly byte* From(int row, int count) => row + count <= Count ? Data + (row * RowBytes) : LastRows + (row % Lanes * RowBytes);
}
