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
    // Four columns of all lanes.
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

    // Without the attribute the compiler leaves these as calls in its loops, and a call costs all vector registers.
    private static bool LongGroups
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => QuantRanges.GroupLength(TDot.Range) == ActivationRows.GroupLength;
    }

    /// <summary>One row.</summary>
    public static void MultiplyOne(PanelProduct* product)
    {
        WeightPanel panel = product->Weights;
        byte* w = panel.Quants, end = w + (panel.Columns * TDot.Lanes);
        float* scales = panel.Scales, mins = panel.Mins;
        sbyte* x = product->Activations.Quants;
        float* s = product->Activations.Scales, sums = LongGroups ? product->Activations.Sums : product->Activations.HalfSums;
        TSum sum = product->First ? TDot.Zero : TDot.LoadLanes(product->Sums);
        for (; w < end; x += ActivationRows.GroupLength, s++)
        {
            TInteger first = OneSixteen(w, x), second = OneSixteen(w + Sixteen, x + 16);
            w += 2 * Sixteen;
            if (LongGroups) sum = AddGroup(TDot.Add(first, second), TDot.LoadLanes(scales), mins, s, sums, sum);
            else
            {
                sum = AddGroup(first, TDot.LoadLanes(scales), mins, s, sums, sum);
                scales += TDot.Lanes;
                mins += TDot.Lanes;
                sum = AddGroup(second, TDot.LoadLanes(scales), mins, s, ++sums, sum);
            }

            scales += TDot.Lanes;
            mins += TDot.Lanes;
            sums++;
        }

        TDot.Store(sum, product->Sums);
    }

    /// <summary>Four rows: four weight registers serve them all, and with the four sums, a scale and a minimum they fit sixteen.</summary>
    public static void MultiplyFour(PanelProduct* product)
    {
        WeightPanel panel = product->Weights;
        byte* w = panel.Quants, end = w + (panel.Columns * TDot.Lanes);
        float* scales = panel.Scales, mins = panel.Mins;
        sbyte* x = product->Activations.Quants;
        float* s = product->Activations.Scales, sums = LongGroups ? product->Activations.Sums : product->Activations.HalfSums;
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

        for (; w < end; w += 2 * Sixteen)
        {
            FourSixteen(w, x, out TInteger p0, out TInteger p1, out TInteger p2, out TInteger p3);
            if (!LongGroups)
            {
                AddGroups(p0, p1, p2, p3, TDot.LoadLanes(scales), mins, s, sums, ref a0, ref a1, ref a2, ref a3);
                scales += TDot.Lanes;
                mins += TDot.Lanes;
                sums += 4;
            }

            FourSixteen(w + Sixteen, x + 64, out TInteger q0, out TInteger q1, out TInteger q2, out TInteger q3);
            if (LongGroups) (q0, q1, q2, q3) = (TDot.Add(p0, q0), TDot.Add(p1, q1), TDot.Add(p2, q2), TDot.Add(p3, q3));
            AddGroups(q0, q1, q2, q3, TDot.LoadLanes(scales), mins, s, sums, ref a0, ref a1, ref a2, ref a3);
            scales += TDot.Lanes;
            mins += TDot.Lanes;
            sums += 4;
            s += 4;
            x += 4 * ActivationRows.GroupLength;
        }

        TDot.Store(a0, to);
        TDot.Store(a1, to + stride);
        TDot.Store(a2, to + (2 * stride));
        TDot.Store(a3, to + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInteger OneSixteen(byte* w, sbyte* x) =>
        TDot.Sixteen(TDot.Load(w), TDot.Load(w + Chunk), TDot.Load(w + (2 * Chunk)), TDot.Load(w + (3 * Chunk)), x, 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourSixteen(byte* w, sbyte* x, out TInteger p0, out TInteger p1, out TInteger p2, out TInteger p3)
    {
        TQuants w0 = TDot.Load(w), w1 = TDot.Load(w + Chunk), w2 = TDot.Load(w + (2 * Chunk)), w3 = TDot.Load(w + (3 * Chunk));
        p0 = TDot.Sixteen(w0, w1, w2, w3, x, 16);
        p1 = TDot.Sixteen(w0, w1, w2, w3, x + 4, 16);
        p2 = TDot.Sixteen(w0, w1, w2, w3, x + 8, 16);
        p3 = TDot.Sixteen(w0, w1, w2, w3, x + 12, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TSum AddGroup(TInteger products, TSum scale, float* min, float* activationScale, float* activationSum, TSum sum)
    {
        sum = TDot.MultiplyAdd(TDot.ToSingle(products), TDot.Scale(scale, activationScale), sum);
        return QuantRanges.HasMins(TDot.Range) ? TDot.MultiplyAdd(TDot.LoadLanes(min), activationSum, sum) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroups(
        TInteger p0, TInteger p1, TInteger p2, TInteger p3, TSum scale, float* min, float* s, float* sums,
        ref TSum a0, ref TSum a1, ref TSum a2, ref TSum a3)
    {
        a0 = AddGroup(p0, scale, min, s, sums, a0);
        a1 = AddGroup(p1, scale, min, s + 1, sums + 1, a1);
        a2 = AddGroup(p2, scale, min, s + 2, sums + 2, a2);
        a3 = AddGroup(p3, scale, min, s + 3, sums + 3, a3);
    }
}
