using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>A panel of weights times one or four rows of activations, in memory that the caller holds.</summary>
internal unsafe struct PanelProduct
{
    /// <summary>The weights, as many lanes as the kernel has.</summary>
    public WeightPanel Weights;

    /// <summary>The activations of the panel's columns: the first of one or four interleaved rows.</summary>
    public QuantizedRow Activations;

    /// <summary>Whether the sums begin at zero and not with what lies at <see cref="Sums"/>.</summary>
    public bool First;

    /// <summary>[one or four, lanes]: the sums.</summary>
    public float* Sums;

    /// <summary>Floats from a row's sums to the next's.</summary>
    public int SumStride;
}

/// <summary>
/// Products of a <see cref="PanelProduct"/>. Each element is one chain of fused multiply-adds over its groups, in their order: the same bits
/// whatever is computed beside it, wherever a panel begins and ends, on every instruction set that fuses.
/// </summary>
internal static unsafe class QuantizedTile<TDot, TQuants, TInteger, TSum>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : struct
    where TSum : struct
{
    // Four columns of all lanes. Without the attribute the compiler leaves this as a call in its loops, and a call costs all vector registers.
    private static int Chunk
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4 * TDot.Lanes;
    }

    // Sixteen columns of all lanes.
    private static int Sixteen
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16 * TDot.Lanes;
    }

    /// <summary>One row.</summary>
    public static void MultiplyOne(PanelProduct* product)
    {
        var group = new TileGroup(product);
        byte* w = product->Weights.Quants, end = w + (product->Weights.Columns * TDot.Lanes);
        sbyte* x = product->Activations.Quants;
        TSum sum = product->First ? TDot.Zero : TDot.LoadLanes(product->Sums);
        for (; w < end; w += 2 * Sixteen, x += ActivationRows.GroupLength)
        {
            TInteger first = OneSixteen(w, x, 0, group.SubScales), second = OneSixteen(w + Sixteen, x, 16, group.SubScales + TDot.Lanes);
            sum = AddGroup(TDot.Add(first, second), TDot.LoadLanes(group.Scales), ref group, 0, sum);
            group.Advance(TDot.Lanes, 1);
        }

        TDot.Store(sum, product->Sums);
    }

    /// <summary>Four rows: four weight registers serve them all, and with the four sums, a scale and a minimum they fit sixteen.</summary>
    public static void MultiplyFour(PanelProduct* product)
    {
        var group = new TileGroup(product);
        byte* w = product->Weights.Quants, end = w + (product->Weights.Columns * TDot.Lanes);
        sbyte* x = product->Activations.Quants;
        float* to = product->Sums;
        int stride = product->SumStride;
        TSum a0 = TDot.Zero, a1 = TDot.Zero, a2 = TDot.Zero, a3 = TDot.Zero;
        if (!product->First)
        {
            a0 = TDot.LoadLanes(to);
            a1 = TDot.LoadLanes(to + stride);
            a2 = TDot.LoadLanes(to + (2 * stride));
            a3 = TDot.LoadLanes(to + (3 * stride));
        }

        for (; w < end; w += 2 * Sixteen, x += 4 * ActivationRows.GroupLength)
        {
            FourSixteen(w, x, 0, group.SubScales, out TInteger p0, out TInteger p1, out TInteger p2, out TInteger p3);
            FourSixteen(w + Sixteen, x, 64, group.SubScales + TDot.Lanes, out TInteger q0, out TInteger q1, out TInteger q2, out TInteger q3);
            TSum scale = TDot.LoadLanes(group.Scales);
            a0 = AddGroup(TDot.Add(p0, q0), scale, ref group, 0, a0);
            a1 = AddGroup(TDot.Add(p1, q1), scale, ref group, 1, a1);
            a2 = AddGroup(TDot.Add(p2, q2), scale, ref group, 2, a2);
            a3 = AddGroup(TDot.Add(p3, q3), scale, ref group, 3, a3);
            group.Advance(TDot.Lanes, 4);
        }

        TDot.Store(a0, to);
        TDot.Store(a1, to + stride);
        TDot.Store(a2, to + (2 * stride));
        TDot.Store(a3, to + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInteger OneSixteen(byte* w, sbyte* x, int offset, int* subScales) =>
        TDot.Sixteen(TDot.Load(w), TDot.Load(w + Chunk), TDot.Load(w + (2 * Chunk)), TDot.Load(w + (3 * Chunk)), x, offset, 4, subScales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourSixteen(byte* w, sbyte* x, int offset, int* subScales, out TInteger p0, out TInteger p1, out TInteger p2, out TInteger p3)
    {
        TQuants w0 = TDot.Load(w), w1 = TDot.Load(w + Chunk), w2 = TDot.Load(w + (2 * Chunk)), w3 = TDot.Load(w + (3 * Chunk));
        p0 = TDot.Sixteen(w0, w1, w2, w3, x, offset, 16, subScales);
        p1 = TDot.Sixteen(w0, w1, w2, w3, x, offset + 4, 16, subScales);
        p2 = TDot.Sixteen(w0, w1, w2, w3, x, offset + 8, 16, subScales);
        p3 = TDot.Sixteen(w0, w1, w2, w3, x, offset + 12, 16, subScales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSum AddGroup(TInteger products, TSum scale, ref TileGroup group, int row, TSum sum) => GroupSum<TDot, TQuants, TInteger, TSum>.Add(
        products, scale, TDot.LoadLanes(group.Mins), group.SubScales + (2 * TDot.Lanes),
        group.RowScales, group.RowSums, group.HalfSums, row, sum);
}

/// <summary>Where a group's scales lie, of the weights and of the activations.</summary>
internal unsafe struct TileGroup
{
    public float* Scales, Mins, RowScales, RowSums;
    public int* SubScales, HalfSums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TileGroup(PanelProduct* product)
    {
        Scales = product->Weights.Scales;
        Mins = product->Weights.Mins;
        SubScales = product->Weights.SubScales;
        RowScales = product->Activations.Scales;
        RowSums = product->Activations.Sums;
        HalfSums = product->Activations.HalfSums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int lanes, int rows)
    {
        Scales += lanes;
        Mins += lanes;
        SubScales += WeightPanel.SubScaleRegisters * lanes;
        RowScales += rows;
        RowSums += rows;
        HalfSums += rows;
    }
}
