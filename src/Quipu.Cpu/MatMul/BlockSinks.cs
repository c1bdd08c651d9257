using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Quantize;

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
            _x + column, 4);
        if (column == 0) _first = products;
        else _second = products;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => _scale = scale;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => _min = min;

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
    private const int Length = 256, Sixteens = Length / 16;

    private readonly byte* _scratch = scratch;
    private readonly sbyte* _x = x;

    // [16, rows] each.
    private TInteger* Products
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TInteger*)_scratch;
    }

    private float* Scales
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (float*)_scratch + (Sixteens * TRows.Count);
    }

    private float* Mins
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (float*)_scratch + (2 * Sixteens * TRows.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3) => Products[column / 16] = TDot.Sixteen(
        Unsafe.BitCast<TRows, TQuants>(c0), Unsafe.BitCast<TRows, TQuants>(c1), Unsafe.BitCast<TRows, TQuants>(c2), Unsafe.BitCast<TRows, TQuants>(c3),
        _x + column, 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => TRows.Store(scale, Scales + (group * TRows.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => TRows.Store(min, Mins + (group * TRows.Count));

    /// <summary>Adds the block's products to a sum, its activations' scales and sums given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSum AddTo(TSum sum, float* s, float* sums)
    {
        int groupLength = QuantRanges.GroupLength(TDot.Range), perScale = ActivationRows.GroupLength / groupLength;
        TInteger* products = Products;
        float* scales = Scales, mins = Mins;
        for (int group = 0; group < Length / groupLength; group++)
        {
            TInteger total = perScale == 1 ? TDot.Add(products[2 * group], products[(2 * group) + 1]) : products[group];
            sum = TDot.MultiplyAdd(TDot.ToSingle(total), TDot.Scale(TDot.LoadLanes(scales + (group * TRows.Count)), s + (group / perScale)), sum);
            if (QuantRanges.HasMins(TDot.Range)) sum = TDot.MultiplyAdd(TDot.LoadLanes(mins + (group * TRows.Count)), sums + group, sum);
        }

        return sum;
    }
}
