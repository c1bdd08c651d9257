using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;

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
            _x, column, 4, null);
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

    /// <summary>Adds the block's products to a sum, its activations' scales and sums given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TSum AddTo(TSum sum, float* s, float* sums) => GroupSum<TDot, TQuants, TInteger, TSum>.Add(
        TDot.Add(_first, _second), Unsafe.BitCast<TRows, TSum>(_scale), Unsafe.BitCast<TRows, TSum>(_min), null, s, sums, null, 0, sum);
}

/// <summary>
/// Multiplies what a super-block expands to. Its groups come in any order but are to be added in theirs, so sums of 16 products, scales and minimums wait in
/// scratch. Weights that come later are prefetched meanwhile, a few lines with every 16 columns: all at once are more than the processor can wait for.
/// </summary>
/// <param name="scratch">See <see cref="RowProduct.Scratch"/>.</param>
/// <param name="x">The block's activations.</param>
/// <param name="ahead">What to prefetch: for each of eight pieces two halves of <paramref name="aheadBytes"/> / 2.</param>
/// <param name="aheadStride">Bytes from a piece to the next.</param>
/// <param name="aheadBytes">Bytes of a piece.</param>
internal readonly unsafe struct SuperBlockSink<TRows, TDot, TQuants, TInteger, TSum>(byte* scratch, sbyte* x, byte* ahead, long aheadStride, int aheadBytes)
    : IBlockSink<TRows>
    where TRows : struct, IRowLanes<TRows>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : unmanaged
    where TSum : struct
{
    private const int Groups = 8;

    private readonly BlockScales<TRows> _scales = new(scratch);
    // [16, rows].
    private readonly TInteger* _products = (TInteger*)(scratch + BlockScales<TRows>.Bytes);
    private readonly sbyte* _x = x;
    private readonly byte* _ahead = ahead;
    private readonly long _aheadStride = aheadStride;
    private readonly int _aheadHalf = aheadBytes / 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        // Shifts, as formats give columns that are no constants, and a signed division is five instructions.
        int sixteen = column >> 4;
        if (Sse.IsSupported)
        {
            byte* line = _ahead + ((sixteen >> 1) * _aheadStride) + ((sixteen & 1) * _aheadHalf);
            Sse.Prefetch1(line);
            Sse.Prefetch1(line + AlignedMemory.Alignment);
        }

        _products[sixteen] = TDot.Sixteen(
            Unsafe.BitCast<TRows, TQuants>(c0), Unsafe.BitCast<TRows, TQuants>(c1), Unsafe.BitCast<TRows, TQuants>(c2), Unsafe.BitCast<TRows, TQuants>(c3),
            _x + column, 0, 4, _scales.SubScalesOf(sixteen));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => _scales.StoreScale(group, scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => _scales.StoreMin(group, min);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SubScales(int group, TRows first, TRows second, TRows mins) => _scales.StoreSubScales(group, first, second, mins);

    /// <summary>Adds the block's products to a sum, its activations' scales and sums given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TSum AddTo(TSum sum, float* s, float* sums, int* halfSums)
    {
        TInteger* products = _products;
        for (int group = 0; group < Groups; group++)
        {
            int at = group * TRows.Count;
            sum = GroupSum<TDot, TQuants, TInteger, TSum>.Add(
                TDot.Add(products[2 * group], products[(2 * group) + 1]), TDot.LoadLanes(_scales.Scales + at), TDot.LoadLanes(_scales.Mins + at),
                _scales.SubMinsOf(group), s, sums, halfSums, group, sum);
        }

        return sum;
    }
}
