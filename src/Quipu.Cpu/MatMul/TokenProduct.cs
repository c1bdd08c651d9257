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
    /// <summary>The weights.</summary>
    public WeightRows Weights;

    /// <summary>One row.</summary>
    public ActivationRows Activations;

    /// <summary>[Weights.Count]: the products.</summary>
    public float* Output;

    /// <summary>Whether the products are added to what is there.</summary>
    public bool Adds;

    /// <summary>Memory of <see cref="RowProduct.ScratchBytes"/>.</summary>
    public byte* Scratch;

    // Shorter streams lost against neighbours with prefetch (docs/performance.md, Matrix products).
    private const int ShortestStream = 4096;
    // Streams a multiple of this apart share the same few lines of the first-level cache.
    private const int CacheWay = 4096;
    private const int MostLanes = 8;

    /// <summary>Computes the products.</summary>
    public readonly void Multiply()
    {
        PanelExpander expander = Weights.Expander;
        int lanes = expander.RowsAtOnce, count = Weights.Count;
        long rowBytes = Weights.RowBytes;
        float* sums = stackalloc float[MostLanes];
        RowProduct product = new() { Activations = Activations.Row(0), Rows = 1, Columns = Activations.Columns, Sums = sums, Scratch = Scratch };
        int streamed = StreamRows(count / lanes);
        for (int row = 0; row < streamed; row++)
        {
            expander.Multiply(Weights.Data + (row * rowBytes), streamed * rowBytes, null, &product);
            Store(sums, Output + row, lanes, streamed);
        }

        for (int row = streamed * lanes; row < count; row += lanes)
        {
            byte* rows = Weights.From(row, lanes);
            expander.Multiply(rows, rowBytes, rows + (lanes * rowBytes), &product);
            Store(sums, Output + row, Math.Min(lanes, count - row), 1);
        }
    }

    // The rows of a stream, or 0 where there shall be none.
    private readonly int StreamRows(int most)
    {
        if (most * Weights.RowBytes < ShortestStream) return 0;
        return most * Weights.RowBytes % CacheWay == 0 ? most - 1 : most;
    }

    private readonly void Store(float* sums, float* output, int count, int stride)
    {
        for (int lane = 0; lane < count; lane++, output += stride) *output = Adds ? *output + sums[lane] : sums[lane];
    }
}
