using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>What a block of 32 expands to, as it is.</summary>
internal struct HeldBlock<TRows> : IBlockSink<TRows> where TRows : struct, IRowLanes<TRows>
{
    /// <summary>Four columns each.</summary>
    public TRows Q0, Q1, Q2, Q3, Q4, Q5, Q6, Q7;

    /// <summary>An F32 for each row.</summary>
    public TRows GroupScale, GroupMin;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        if (column == 0) (Q0, Q1, Q2, Q3) = (c0, c1, c2, c3);
        else (Q4, Q5, Q6, Q7) = (c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => GroupScale = scale;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => GroupMin = min;

    // Blocks of 32 have none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SubScales(int group, TRows first, TRows second, TRows mins)
    {
    }
}

/// <summary>
/// Multiplies what a block expands to with rows of activations in fours, 16 columns at a time; the products wait in scratch, with the scales, for
/// <see cref="AddTo"/>, which adds the groups in their order. Weights that come later are prefetched meanwhile, a few lines with every 16 columns.
/// </summary>
/// <param name="scratch">See <see cref="RowProduct.Scratch"/>.</param>
/// <param name="x">The block's activations, of the first four rows.</param>
/// <param name="fourQuants">From there to those of the next four.</param>
/// <param name="rows">Rows of activations, a multiple of four.</param>
/// <param name="next">As many bytes to prefetch as the block has in all rows.</param>
internal readonly unsafe struct WaitingBlock<TFormat, TRows, TDot, TQuants, TInteger, TSum>(byte* scratch, sbyte* x, long fourQuants, int rows, byte* next)
    : IBlockSink<TRows>
    where TFormat : struct, IExpandable
    where TRows : struct, IRowLanes<TRows>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : unmanaged
    where TSum : struct
{
    private readonly BlockScales<TRows> _scales = new(scratch);
    // [sixteens, rows].
    private readonly TInteger* _products = (TInteger*)(scratch + BlockScales<TRows>.Bytes);
    private readonly sbyte* _x = x;
    private readonly long _fourQuants = fourQuants;
    private readonly int _rows = rows;
    private readonly byte* _next = next;

    private static int NextBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TFormat.BlockBytes * TRows.Count * 16 / TFormat.BlockLength;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        int sixteen = column >> 4;
        if (Sse.IsSupported)
        {
            byte* line = _next + (sixteen * NextBytes);
            for (int i = 0; i < NextBytes; i += AlignedMemory.Alignment) Sse.Prefetch1(line + i);
        }

        const int Stride = 4 * ActivationRows.Four;
        int* factors = _scales.SubScalesOf(sixteen);
        TInteger* to = _products + (sixteen * _rows), end = to + _rows;
        sbyte* x = _x + (ActivationRows.Four * column);
        TQuants w0 = Unsafe.BitCast<TRows, TQuants>(c0), w1 = Unsafe.BitCast<TRows, TQuants>(c1);
        TQuants w2 = Unsafe.BitCast<TRows, TQuants>(c2), w3 = Unsafe.BitCast<TRows, TQuants>(c3);
        for (; to < end; to += ActivationRows.Four, x += _fourQuants)
        {
            to[0] = TDot.Sixteen(w0, w1, w2, w3, x, 0, Stride, factors);
            to[1] = TDot.Sixteen(w0, w1, w2, w3, x, 4, Stride, factors);
            to[2] = TDot.Sixteen(w0, w1, w2, w3, x, 8, Stride, factors);
            to[3] = TDot.Sixteen(w0, w1, w2, w3, x, 12, Stride, factors);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => _scales.StoreScale(group, scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => _scales.StoreMin(group, min);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SubScales(int group, TRows first, TRows second, TRows mins) => _scales.StoreSubScales(group, first, second, mins);

    /// <summary>Adds the block's products to the sums of all rows of activations.</summary>
    /// <param name="to">[rows, lanes].</param>
    /// <param name="fours">The block's activations, of the first four rows.</param>
    /// <param name="fourGroups">From their scales to those of the next four.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTo(float* to, QuantizedRow fours, long fourGroups)
    {
        float* s = fours.Scales, sums = fours.Sums;
        int* halfSums = fours.HalfSums;
        TInteger* end = _products + _rows;
        for (TInteger* products = _products; products < end; products += ActivationRows.Four, to += ActivationRows.Four * TRows.Count)
        {
            AddFour(to, products, s, sums, halfSums);
            s += fourGroups;
            sums += fourGroups;
            halfSums += fourGroups;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddFour(float* to, TInteger* lower, float* s, float* sums, int* halfSums)
    {
        float* to1 = to + TRows.Count, to2 = to1 + TRows.Count, to3 = to2 + TRows.Count;
        TSum a0 = TDot.LoadLanes(to), a1 = TDot.LoadLanes(to1), a2 = TDot.LoadLanes(to2), a3 = TDot.LoadLanes(to3);
        float* scales = _scales.Scales, mins = _scales.Mins;
        int* subMins = _scales.SubMinsOf(0);
        for (int group = 0; group < TFormat.BlockLength / ActivationRows.GroupLength; group++)
        {
            TInteger* upper = lower + _rows;
            TSum scale = TDot.LoadLanes(scales), min = TDot.LoadLanes(mins);
            a0 = GroupSum<TDot, TQuants, TInteger, TSum>.Add(TDot.Add(lower[0], upper[0]), scale, min, subMins, s, sums, halfSums, 0, a0);
            a1 = GroupSum<TDot, TQuants, TInteger, TSum>.Add(TDot.Add(lower[1], upper[1]), scale, min, subMins, s, sums, halfSums, 1, a1);
            a2 = GroupSum<TDot, TQuants, TInteger, TSum>.Add(TDot.Add(lower[2], upper[2]), scale, min, subMins, s, sums, halfSums, 2, a2);
            a3 = GroupSum<TDot, TQuants, TInteger, TSum>.Add(TDot.Add(lower[3], upper[3]), scale, min, subMins, s, sums, halfSums, 3, a3);
            lower = upper + _rows;
            scales += TRows.Count;
            mins += TRows.Count;
            subMins += WeightPanel.SubScaleRegisters * TRows.Count;
            s += ActivationRows.Four;
            sums += ActivationRows.Four;
            halfSums += ActivationRows.Four;
        }

        TDot.Store(a0, to);
        TDot.Store(a1, to1);
        TDot.Store(a2, to2);
        TDot.Store(a3, to3);
    }
}
