using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>Multiplies what a block of 32 expands to, in registers.</summary>
internal unsafe struct SmallBlockSink<TRows, TDot, TQuants, TInteger, TSum>(sbyte* x) : IBlockSink<TRows>
    where TRows : struct, IRowLanes<TRows>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : struct
    where TSum : struct
{
    private readonly sbyte* _x = x;
    private TInteger _first, _second;
    private TRows _scale, _min;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        TInteger products = TDot.Sixteen(
            Unsafe.BitCast<TRows, TQuants>(c0), Unsafe.BitCast<TRows, TQuants>(c1), Unsafe.BitCast<TRows, TQuants>(c2), Unsafe.BitCast<TRows, TQuants>(c3),
            _x + column, 4, null);
        if (column == 0) _first = products;
        else _second = products;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => _scale = scale;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => _min = min;

    // Blocks of 32 have none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SubScales(int group, TRows first, TRows second, TRows mins)
    {
    }

    /// <summary>Adds the block's products to a sum, its activations' scale and sum given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TSum AddTo(TSum sum, float* s, float* sums)
    {
        TSum products = TDot.ToSingle(TDot.Add(_first, _second));
        sum = TDot.MultiplyAdd(products, TDot.Scale(Unsafe.BitCast<TRows, TSum>(_scale), s), sum);
        return QuantRanges.HasMins(TDot.Range) ? TDot.MultiplyAdd(Unsafe.BitCast<TRows, TSum>(_min), sums, sum) : sum;
    }
}

/// <summary>
/// Multiplies what a super-block expands to. Its groups come in any order but are to be added in theirs, so sums of 16 products, scales and minimums wait in
/// scratch.
/// </summary>
internal readonly unsafe struct SuperBlockSink<TRows, TDot, TQuants, TInteger, TSum>(byte* scratch, sbyte* x) : IBlockSink<TRows>
    where TRows : struct, IRowLanes<TRows>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : unmanaged
    where TSum : struct
{
    private const int Groups = 8, Sixteens = 2 * Groups;

    private readonly byte* _scratch = scratch;
    private readonly sbyte* _x = x;

    // [16, rows].
    private TInteger* Products
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TInteger*)_scratch;
    }

    // [8, rows], as are the minimums.
    private float* Scales
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (float*)_scratch + (Sixteens * TRows.Count);
    }

    private float* Mins
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (float*)_scratch + ((Sixteens + Groups) * TRows.Count);
    }

    // [8, 3, rows].
    private int* Factors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int*)_scratch + ((Sixteens + (2 * Groups)) * TRows.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        // Shifts, as formats give columns that are no constants, and a signed division is five instructions.
        int sixteen = column >> 4, factors = ((column >> 5) * WeightPanel.SubScaleRegisters) + (sixteen & 1);
        Products[sixteen] = TDot.Sixteen(
            Unsafe.BitCast<TRows, TQuants>(c0), Unsafe.BitCast<TRows, TQuants>(c1), Unsafe.BitCast<TRows, TQuants>(c2), Unsafe.BitCast<TRows, TQuants>(c3),
            _x + column, 4, Factors + (factors * TRows.Count));
    }

    // With sub-scales, all groups have the same scale and minimum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale)
    {
        if (group == 0 || !QuantRanges.HasSubScales(TDot.Range)) TRows.Store(scale, Scales + (group * TRows.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min)
    {
        if (group == 0 || !QuantRanges.HasSubScales(TDot.Range)) TRows.Store(min, Mins + (group * TRows.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SubScales(int group, TRows first, TRows second, TRows mins)
    {
        int* to = Factors + (group * WeightPanel.SubScaleRegisters * TRows.Count);
        TRows.Store(first, to);
        TRows.Store(second, to + TRows.Count);
        TRows.Store(mins, to + (2 * TRows.Count));
    }

    /// <summary>Adds the block's products to a sum, its activations given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSum AddTo(TSum sum, float* s, float* sums, int* halfSums)
    {
        TInteger* products = Products;
        if (QuantRanges.HasSubScales(TDot.Range))
        {
            TSum scale = TDot.LoadLanes(Scales), min = TDot.LoadLanes(Mins);
            for (int group = 0; group < Groups; group++)
            {
                int* factors = Factors + (((group * WeightPanel.SubScaleRegisters) + 2) * TRows.Count);
                TSum product = TDot.Multiply(TDot.ToSingle(TDot.Add(products[2 * group], products[(2 * group) + 1])), scale);
                sum = TDot.MultiplyAdd(TDot.MultiplyAdd(TDot.ToSingle(TDot.SubMins(factors, halfSums + group)), min, product), s + group, sum);
            }

            return sum;
        }

        float* scales = Scales, mins = Mins;
        for (int group = 0; group < Groups; group++)
        {
            TSum product = TDot.ToSingle(TDot.Add(products[2 * group], products[(2 * group) + 1]));
            sum = TDot.MultiplyAdd(product, TDot.Scale(TDot.LoadLanes(scales + (group * TRows.Count)), s + group), sum);
            if (QuantRanges.HasMins(TDot.Range)) sum = TDot.MultiplyAdd(TDot.LoadLanes(mins + (group * TRows.Count)), sums + group, sum);
        }

        return sum;
    }
}
