using Quipu.Cpu.Expand;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>A panel of weight rows times all activation rows, in memory that the caller holds.</summary>
internal unsafe struct TileProduct
{
    /// <summary>The weights, as many lanes as the kernel has.</summary>
    public WeightPanel Weights;

    /// <summary>Lanes that hold rows of weights, at least 1.</summary>
    public int WeightRows;

    /// <summary>The activations; their layout is the weights' too.</summary>
    public ActivationRows Activations;

    /// <summary>[Activations.Rows, OutputStride]: element (i, j) is the product of activation row i and weight row j.</summary>
    public float* Output;

    /// <summary>Floats from an activation row's outputs to the next's.</summary>
    public int OutputStride;
}

/// <summary>
/// Products of a <see cref="TileProduct"/>: a panel of weight rows is multiplied with four activation rows at a time. Each element is one chain of
/// fused multiply-adds over its groups of 16, in their order: the same bits whatever is computed beside it, on every instruction set that fuses.
/// </summary>
internal static unsafe class QuantizedTile<TDot, TQuants, TSum>
    where TDot : struct, IQuantizedDot<TQuants, TSum>
    where TQuants : struct
    where TSum : struct
{
    // Four columns of all lanes, and 16.
    private static int Chunk => 4 * TDot.Lanes;

    private static int GroupBytes => RowLayout.GroupLength * TDot.Lanes;

    /// <summary>Computes the product.</summary>
    public static void Multiply(TileProduct* product)
    {
        WeightPanel panel = product->Weights;
        ActivationRows activations = product->Activations;
        float* sums = stackalloc float[4 * TDot.Lanes];
        int row = 0;
        for (; row <= activations.Rows - 4; row += 4)
        {
            MultiplyFour(panel, activations, row, sums);
            for (int i = 0; i < 4; i++) Write(product, row + i, sums + (i * TDot.Lanes));
        }

        for (; row < activations.Rows; row++)
        {
            MultiplyOne(panel, activations, row, sums);
            Write(product, row, sums);
        }
    }

    // Four weight registers serve four activation rows: with the four sums, a scale and a minimum they fit sixteen registers.
    private static void MultiplyFour(WeightPanel panel, ActivationRows activations, int row, float* sums)
    {
        int quantStride = activations.Layout.Quants, groupStride = activations.Layout.Groups;
        byte* w = panel.Quants;
        float* scales = panel.Scales, mins = panel.Mins;
        nint groups = panel.Groups, toSums = (nint)(activations.Sums - activations.Scales);
        sbyte* x0 = activations.Quants + ((long)row * quantStride), x1 = x0 + quantStride, x2 = x1 + quantStride, x3 = x2 + quantStride;
        float* s0 = activations.Scales + ((long)row * groupStride), s1 = s0 + groupStride, s2 = s1 + groupStride, s3 = s2 + groupStride;
        TSum a0 = TDot.Zero, a1 = TDot.Zero, a2 = TDot.Zero, a3 = TDot.Zero;
        for (nint group = 0; group < groups; group++, w += GroupBytes)
        {
            TQuants w0 = TDot.Load(w), w1 = TDot.Load(w + Chunk), w2 = TDot.Load(w + (2 * Chunk)), w3 = TDot.Load(w + (3 * Chunk));
            TSum scale = TDot.LoadLanes(scales + (group * TDot.Lanes));
            nint column = group * RowLayout.GroupLength;
            a0 = TDot.MultiplyAdd(TDot.Products(w0, w1, w2, w3, x0 + column), TDot.Scale(scale, s0 + group), a0);
            a1 = TDot.MultiplyAdd(TDot.Products(w0, w1, w2, w3, x1 + column), TDot.Scale(scale, s1 + group), a1);
            a2 = TDot.MultiplyAdd(TDot.Products(w0, w1, w2, w3, x2 + column), TDot.Scale(scale, s2 + group), a2);
            a3 = TDot.MultiplyAdd(TDot.Products(w0, w1, w2, w3, x3 + column), TDot.Scale(scale, s3 + group), a3);
            if (!TDot.HasMins) continue;
            TSum min = TDot.LoadLanes(mins + (group * TDot.Lanes));
            a0 = TDot.MultiplyAdd(min, s0 + toSums + group, a0);
            a1 = TDot.MultiplyAdd(min, s1 + toSums + group, a1);
            a2 = TDot.MultiplyAdd(min, s2 + toSums + group, a2);
            a3 = TDot.MultiplyAdd(min, s3 + toSums + group, a3);
        }

        TDot.Store(a0, sums);
        TDot.Store(a1, sums + TDot.Lanes);
        TDot.Store(a2, sums + (2 * TDot.Lanes));
        TDot.Store(a3, sums + (3 * TDot.Lanes));
    }

    private static void MultiplyOne(WeightPanel panel, ActivationRows activations, int row, float* sums)
    {
        byte* w = panel.Quants, end = w + ((long)panel.Groups * GroupBytes);
        float* scales = panel.Scales, mins = panel.Mins;
        sbyte* x = activations.Quants + ((long)row * activations.Layout.Quants);
        float* s = activations.Scales + ((long)row * activations.Layout.Groups);
        nint toSums = (nint)(activations.Sums - activations.Scales);
        TSum sum = TDot.Zero;
        for (; w < end; w += GroupBytes, x += RowLayout.GroupLength, s++, scales += TDot.Lanes)
        {
            TSum products = TDot.Products(TDot.Load(w), TDot.Load(w + Chunk), TDot.Load(w + (2 * Chunk)), TDot.Load(w + (3 * Chunk)), x);
            sum = TDot.MultiplyAdd(products, TDot.Scale(TDot.LoadLanes(scales), s), sum);
            if (!TDot.HasMins) continue;
            sum = TDot.MultiplyAdd(TDot.LoadLanes(mins), s + toSums, sum);
            mins += TDot.Lanes;
        }

        TDot.Store(sum, sums);
    }

    private static void Write(TileProduct* product, int row, float* sums) => new ReadOnlySpan<float>(sums, product->WeightRows)
        .CopyTo(new Span<float>(product->Output + ((long)row * product->OutputStride), product->WeightRows));
}
