using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>An element of a matrix that is read as F32.</summary>
internal unsafe interface IElement<TSelf> where TSelf : unmanaged, IElement<TSelf>
{
    /// <summary>Loads a register of elements.</summary>
    static abstract TLane Load<TLane>(TSelf* source) where TLane : struct, ILane<TLane>;
}

/// <summary>An F32.</summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(float))]
internal readonly struct SingleElement : IElement<SingleElement>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TLane Load<TLane>(SingleElement* source) where TLane : struct, ILane<TLane> => TLane.Load((float*)source);
}

/// <summary>
/// A finite F16, read 2^112 times too small, which costs a quarter less: the other factor is that much too large. Both are exact, so the product
/// has the same bits.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(ushort))]
internal readonly struct HalfElement : IElement<HalfElement>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TLane Load<TLane>(HalfElement* source) where TLane : struct, ILane<TLane> => TLane.LoadMovedHalf((ushort*)source);
}

/// <summary>
/// C (+)= A · B for tiles that fit the cache. Every element of C is one chain of multiply-adds along A's row, so that it does not depend
/// on how many rows or columns the tile has beside it.
/// </summary>
/// <param name="a">[rows, inner].</param>
/// <param name="aStride">Elements from row to row of A.</param>
/// <param name="b">[inner, columns].</param>
/// <param name="bStride">Elements from row to row of B.</param>
/// <param name="inner">Length of the sums.</param>
/// <param name="c">[rows, columns].</param>
/// <param name="cStride">Elements from row to row of C.</param>
/// <param name="accumulate">Whether C is added to, or overwritten.</param>
internal readonly unsafe ref struct TileProduct<TElement>(
    float* a, int aStride, TElement* b, int bStride, int inner, float* c, int cStride, bool accumulate)
    where TElement : unmanaged, IElement<TElement>
{
    private readonly float* _a = a;
    private readonly TElement* _b = b;
    private readonly float* _c = c;
    private readonly nint _aStride = aStride;
    private readonly nint _bStride = bStride;
    private readonly nint _cStride = cStride;
    private readonly nint _inner = inner;
    private readonly bool _accumulate = accumulate;

    /// <summary>A number of rows, known to the compiler.</summary>
    private interface IRows
    {
        static abstract int Count { get; }
    }

    /// <summary>Computes the product.</summary>
    public void Run<TLane>(int rows, int columns) where TLane : struct, ILane<TLane>
    {
        int column = 0;
        for (; rows <= 3 && column <= columns - (4 * TLane.Count); column += 4 * TLane.Count)
            RunFewRows<TLane>(rows, column);
        for (; column <= columns - (2 * TLane.Count); column += 2 * TLane.Count)
            RunRows<TLane>(rows, column, pair: true);
        for (; column <= columns - TLane.Count; column += TLane.Count)
            RunRows<TLane>(rows, column, pair: false);
        for (; column < columns; column++)
            RunRows<Lane1>(rows, column, pair: false);
    }

    private void RunFewRows<TLane>(int rows, int column) where TLane : struct, ILane<TLane>
    {
        float* c = _c + column;
        switch (rows)
        {
            case 1: Quad<TLane, OneRow>(_a, _aStride, _b + column, _bStride, _inner, c, _cStride, _accumulate); break;
            case 2: Quad<TLane, TwoRows>(_a, _aStride, _b + column, _bStride, _inner, c, _cStride, _accumulate); break;
            default: Quad<TLane, ThreeRows>(_a, _aStride, _b + column, _bStride, _inner, c, _cStride, _accumulate); break;
        }
    }

    private void RunRows<TLane>(int rows, int column, bool pair) where TLane : struct, ILane<TLane>
    {
        int row = 0;
        for (; row <= rows - 6; row += 6)
            RunStrip<TLane, SixRows>(row, column, pair);
        switch (rows - row)
        {
            case 1: RunStrip<TLane, OneRow>(row, column, pair); break;
            case 2: RunStrip<TLane, TwoRows>(row, column, pair); break;
            case 3: RunStrip<TLane, ThreeRows>(row, column, pair); break;
            case 4: RunStrip<TLane, FourRows>(row, column, pair); break;
            case 5: RunStrip<TLane, FiveRows>(row, column, pair); break;
            default: break;
        }
    }

    private void RunStrip<TLane, TRows>(int row, int column, bool pair)
        where TLane : struct, ILane<TLane>
        where TRows : struct, IRows
    {
        float* a = _a + (row * _aStride);
        float* c = _c + (row * _cStride) + column;
        if (pair)
            Pair<TLane, TRows>(a, _aStride, _b + column, _bStride, _inner, c, _cStride, _accumulate);
        else
            Single<TLane, TRows>(a, _aStride, _b + column, _bStride, _inner, c, _cStride, _accumulate);
    }

    // Up to six rows by two registers: twelve chains hide the latency of a multiply-add, eight loads feed twelve of them, and with the
    // two of B and the one of A they fit sixteen registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Pair<TLane, TRows>(
        float* a0, nint aStride, TElement* b, nint bStride, nint inner, float* c, nint cStride, bool accumulate)
        where TLane : struct, ILane<TLane>
        where TRows : struct, IRows
    {
        float* a1 = a0 + (TRows.Count > 1 ? aStride : 0);
        float* a2 = a1 + (TRows.Count > 2 ? aStride : 0);
        float* a3 = a2 + (TRows.Count > 3 ? aStride : 0);
        float* a4 = a3 + (TRows.Count > 4 ? aStride : 0);
        float* a5 = a4 + (TRows.Count > 5 ? aStride : 0);
        float* c1 = c + (TRows.Count > 1 ? cStride : 0);
        float* c2 = c1 + (TRows.Count > 2 ? cStride : 0);
        float* c3 = c2 + (TRows.Count > 3 ? cStride : 0);
        float* c4 = c3 + (TRows.Count > 4 ? cStride : 0);
        float* c5 = c4 + (TRows.Count > 5 ? cStride : 0);
        TLane s00 = TLane.Zero, s01 = TLane.Zero, s10 = TLane.Zero, s11 = TLane.Zero;
        TLane s20 = TLane.Zero, s21 = TLane.Zero, s30 = TLane.Zero, s31 = TLane.Zero;
        TLane s40 = TLane.Zero, s41 = TLane.Zero, s50 = TLane.Zero, s51 = TLane.Zero;
        if (accumulate)
        {
            (s00, s01) = (TLane.Load(c), TLane.Load(c + TLane.Count));
            if (TRows.Count > 1)
                (s10, s11) = (TLane.Load(c1), TLane.Load(c1 + TLane.Count));
            if (TRows.Count > 2)
                (s20, s21) = (TLane.Load(c2), TLane.Load(c2 + TLane.Count));
            if (TRows.Count > 3)
                (s30, s31) = (TLane.Load(c3), TLane.Load(c3 + TLane.Count));
            if (TRows.Count > 4)
                (s40, s41) = (TLane.Load(c4), TLane.Load(c4 + TLane.Count));
            if (TRows.Count > 5)
                (s50, s51) = (TLane.Load(c5), TLane.Load(c5 + TLane.Count));
        }
        for (nint k = 0; k < inner; k++, b += bStride)
        {
            TLane b0 = TElement.Load<TLane>(b), b1 = TElement.Load<TLane>(b + TLane.Count);
            TLane x = TLane.Broadcast(a0[k]);
            (s00, s01) = (TLane.MultiplyAdd(x, b0, s00), TLane.MultiplyAdd(x, b1, s01));
            if (TRows.Count > 1)
            {
                x = TLane.Broadcast(a1[k]);
                (s10, s11) = (TLane.MultiplyAdd(x, b0, s10), TLane.MultiplyAdd(x, b1, s11));
            }
            if (TRows.Count > 2)
            {
                x = TLane.Broadcast(a2[k]);
                (s20, s21) = (TLane.MultiplyAdd(x, b0, s20), TLane.MultiplyAdd(x, b1, s21));
            }
            if (TRows.Count > 3)
            {
                x = TLane.Broadcast(a3[k]);
                (s30, s31) = (TLane.MultiplyAdd(x, b0, s30), TLane.MultiplyAdd(x, b1, s31));
            }
            if (TRows.Count > 4)
            {
                x = TLane.Broadcast(a4[k]);
                (s40, s41) = (TLane.MultiplyAdd(x, b0, s40), TLane.MultiplyAdd(x, b1, s41));
            }
            if (TRows.Count > 5)
            {
                x = TLane.Broadcast(a5[k]);
                (s50, s51) = (TLane.MultiplyAdd(x, b0, s50), TLane.MultiplyAdd(x, b1, s51));
            }
        }
        StorePair(s00, s01, c);
        if (TRows.Count > 1)
            StorePair(s10, s11, c1);
        if (TRows.Count > 2)
            StorePair(s20, s21, c2);
        if (TRows.Count > 3)
            StorePair(s30, s31, c3);
        if (TRows.Count > 4)
            StorePair(s40, s41, c4);
        if (TRows.Count > 5)
            StorePair(s50, s51, c5);
    }

    // Up to three rows by four registers: with two, six chains would wait for each other.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Quad<TLane, TRows>(
        float* a0, nint aStride, TElement* b, nint bStride, nint inner, float* c, nint cStride, bool accumulate)
        where TLane : struct, ILane<TLane>
        where TRows : struct, IRows
    {
        float* a1 = a0 + (TRows.Count > 1 ? aStride : 0);
        float* a2 = a1 + (TRows.Count > 2 ? aStride : 0);
        float* c1 = c + (TRows.Count > 1 ? cStride : 0);
        float* c2 = c1 + (TRows.Count > 2 ? cStride : 0);
        TLane s00 = TLane.Zero, s01 = TLane.Zero, s02 = TLane.Zero, s03 = TLane.Zero;
        TLane s10 = TLane.Zero, s11 = TLane.Zero, s12 = TLane.Zero, s13 = TLane.Zero;
        TLane s20 = TLane.Zero, s21 = TLane.Zero, s22 = TLane.Zero, s23 = TLane.Zero;
        if (accumulate)
        {
            (s00, s01, s02, s03) = (TLane.Load(c), TLane.Load(c + TLane.Count), TLane.Load(c + (2 * TLane.Count)), TLane.Load(c + (3 * TLane.Count)));
            if (TRows.Count > 1)
                (s10, s11, s12, s13) = (TLane.Load(c1), TLane.Load(c1 + TLane.Count), TLane.Load(c1 + (2 * TLane.Count)), TLane.Load(c1 + (3 * TLane.Count)));
            if (TRows.Count > 2)
                (s20, s21, s22, s23) = (TLane.Load(c2), TLane.Load(c2 + TLane.Count), TLane.Load(c2 + (2 * TLane.Count)), TLane.Load(c2 + (3 * TLane.Count)));
        }
        for (nint k = 0; k < inner; k++, b += bStride)
        {
            TLane x0 = TLane.Broadcast(a0[k]), x1 = TRows.Count > 1 ? TLane.Broadcast(a1[k]) : x0, x2 = TRows.Count > 2 ? TLane.Broadcast(a2[k]) : x0;
            AddRegister<TLane, TRows>(b, x0, x1, x2, ref s00, ref s10, ref s20);
            AddRegister<TLane, TRows>(b + TLane.Count, x0, x1, x2, ref s01, ref s11, ref s21);
            AddRegister<TLane, TRows>(b + (2 * TLane.Count), x0, x1, x2, ref s02, ref s12, ref s22);
            AddRegister<TLane, TRows>(b + (3 * TLane.Count), x0, x1, x2, ref s03, ref s13, ref s23);
        }
        StorePair(s00, s01, c);
        StorePair(s02, s03, c + (2 * TLane.Count));
        if (TRows.Count > 1)
        {
            StorePair(s10, s11, c1);
            StorePair(s12, s13, c1 + (2 * TLane.Count));
        }
        if (TRows.Count > 2)
        {
            StorePair(s20, s21, c2);
            StorePair(s22, s23, c2 + (2 * TLane.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRegister<TLane, TRows>(TElement* b, TLane x0, TLane x1, TLane x2, ref TLane s0, ref TLane s1, ref TLane s2)
        where TLane : struct, ILane<TLane>
        where TRows : struct, IRows
    {
        TLane register = TElement.Load<TLane>(b);
        s0 = TLane.MultiplyAdd(x0, register, s0);
        if (TRows.Count > 1)
            s1 = TLane.MultiplyAdd(x1, register, s1);
        if (TRows.Count > 2)
            s2 = TLane.MultiplyAdd(x2, register, s2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair<TLane>(TLane first, TLane second, float* destination) where TLane : struct, ILane<TLane>
    {
        TLane.Store(first, destination);
        TLane.Store(second, destination + TLane.Count);
    }

    // The same with one register: what is left of the columns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Single<TLane, TRows>(
        float* a, nint aStride, TElement* b, nint bStride, nint inner, float* c, nint cStride, bool accumulate)
        where TLane : struct, ILane<TLane>
        where TRows : struct, IRows
    {
        TLane s0 = TLane.Zero, s1 = TLane.Zero, s2 = TLane.Zero, s3 = TLane.Zero, s4 = TLane.Zero, s5 = TLane.Zero;
        if (accumulate)
        {
            s0 = TLane.Load(c);
            s1 = TRows.Count > 1 ? TLane.Load(c + cStride) : s1;
            s2 = TRows.Count > 2 ? TLane.Load(c + (2 * cStride)) : s2;
            s3 = TRows.Count > 3 ? TLane.Load(c + (3 * cStride)) : s3;
            s4 = TRows.Count > 4 ? TLane.Load(c + (4 * cStride)) : s4;
            s5 = TRows.Count > 5 ? TLane.Load(c + (5 * cStride)) : s5;
        }
        for (nint k = 0; k < inner; k++, b += bStride)
        {
            TLane b0 = TElement.Load<TLane>(b);
            s0 = TLane.MultiplyAdd(TLane.Broadcast(a[k]), b0, s0);
            if (TRows.Count > 1)
                s1 = TLane.MultiplyAdd(TLane.Broadcast(a[aStride + k]), b0, s1);
            if (TRows.Count > 2)
                s2 = TLane.MultiplyAdd(TLane.Broadcast(a[(2 * aStride) + k]), b0, s2);
            if (TRows.Count > 3)
                s3 = TLane.MultiplyAdd(TLane.Broadcast(a[(3 * aStride) + k]), b0, s3);
            if (TRows.Count > 4)
                s4 = TLane.MultiplyAdd(TLane.Broadcast(a[(4 * aStride) + k]), b0, s4);
            if (TRows.Count > 5)
                s5 = TLane.MultiplyAdd(TLane.Broadcast(a[(5 * aStride) + k]), b0, s5);
        }
        TLane.Store(s0, c);
        if (TRows.Count > 1)
            TLane.Store(s1, c + cStride);
        if (TRows.Count > 2)
            TLane.Store(s2, c + (2 * cStride));
        if (TRows.Count > 3)
            TLane.Store(s3, c + (3 * cStride));
        if (TRows.Count > 4)
            TLane.Store(s4, c + (4 * cStride));
        if (TRows.Count > 5)
            TLane.Store(s5, c + (5 * cStride));
    }

    private readonly struct OneRow : IRows
    {
        public static int Count => 1;
    }

    private readonly struct TwoRows : IRows
    {
        public static int Count => 2;
    }

    private readonly struct ThreeRows : IRows
    {
        public static int Count => 3;
    }

    private readonly struct FourRows : IRows
    {
        public static int Count => 4;
    }

    private readonly struct FiveRows : IRows
    {
        public static int Count => 5;
    }

    private readonly struct SixRows : IRows
    {
        public static int Count => 6;
    }
}
