using Quipu.Cpu.Expand;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// Some quantized weight rows times one row of activations, as a generated token has them. Reading the weights is most of the work, so they are read
/// the way memory likes best: the rows of a kernel are as many streams, each of which goes through a part of the weights in order. Where those parts
/// would be too short for the processor to notice a stream, the rows of a kernel are neighbours, and the ones that come next are prefetched.
/// </summary>
internal unsafe struct TokenProduct
{
    /// <summary>How the rows are multiplied.</summary>
    public PanelExpander Expander;

    /// <summary>First byte of the weights.</summary>
    public byte* Data;

    /// <summary>Bytes of a weight row.</summary>
    public long RowBytes;

    /// <summary>Weight rows, at least 1.</summary>
    public int Rows;

    /// <summary>The rows after the last whole <see cref="PanelExpander.RowsAtOnce"/>, with zeros behind them; not read where there are none.</summary>
    public byte* LastRows;

    /// <summary>One row.</summary>
    public ActivationRows Activations;

    /// <summary>[Rows]: the products.</summary>
    public float* Output;

    /// <summary>Whether the products are added to what is there.</summary>
    public bool Adds;

    /// <summary>Memory of <see cref="RowProduct.ScratchBytes"/>.</summary>
    public byte* Scratch;

    // Shorter streams lost against neighbours with prefetch (docs/performance.md, Matrix products).
    private const int ShortestStream = 4096;
    private const int MostLanes = 8;

    /// <summary>Computes the products.</summary>
    public readonly void Multiply()
    {
        int lanes = Expander.RowsAtOnce, calls = Rows / lanes, whole = calls * lanes;
        bool streams = calls * RowBytes >= ShortestStream;
        // Rows from a lane to the next, and from a call to the next.
        int laneRows = streams ? calls : 1, callRows = streams ? 1 : lanes;
        float* sums = stackalloc float[MostLanes];
        RowProduct product = new() { Activations = Activations.Row(0), Columns = Activations.Columns, Sums = sums, Scratch = Scratch };
        byte* rows = Data;
        float* output = Output;
        for (int call = 0; call < calls; call++, rows += callRows * RowBytes, output += callRows)
        {
            Expander.Multiply(rows, laneRows * RowBytes, streams ? null : rows + (lanes * RowBytes), &product);
            Store(sums, output, lanes, laneRows);
        }

        if (whole == Rows) return;
        Expander.Multiply(LastRows, RowBytes, null, &product);
        Store(sums, Output + whole, Rows - whole, 1);
    }

    private readonly void Store(float* sums, float* output, int count, int stride)
    {
        for (int lane = 0; lane < count; lane++, output += stride) *output = Adds ? *output + sums[lane] : sums[lane];
    }
}
