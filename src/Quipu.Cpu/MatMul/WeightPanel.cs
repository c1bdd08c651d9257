using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// Weight rows interleaved for the lanes of a register: quants as [columns / 4, lanes, 4], scales and minimums as [groups, lanes]. A panel with
/// fewer rows than lanes repeats nothing: the lanes beyond hold what was there, finite or not, and their results are dropped.
/// </summary>
internal readonly unsafe struct WeightPanel
{
    private readonly RowLayout _layout;
    private readonly int _lanes;

    /// <summary>Lays a panel into scratch memory of <see cref="Bytes"/>.</summary>
    public WeightPanel(byte* memory, RowLayout layout, int lanes)
    {
        (_layout, _lanes) = (layout, lanes);
        Quants = memory;
        Scales = (float*)(memory + ((long)layout.Quants * lanes));
        Mins = Scales + ((long)layout.Groups * lanes);
    }

    /// <summary>[columns / 4, lanes, 4].</summary>
    public byte* Quants { get; }

    /// <summary>[groups, lanes].</summary>
    public float* Scales { get; }

    /// <summary>[groups, lanes].</summary>
    public float* Mins { get; }

    /// <summary>Groups of 16 columns.</summary>
    public int Groups => _layout.Columns / RowLayout.GroupLength;

    /// <summary>Memory that a panel needs.</summary>
    public static long Bytes(RowLayout layout, int lanes) => (layout.Quants + (2L * sizeof(float) * layout.Groups)) * lanes;

    /// <summary>Interleaves rows.</summary>
    /// <param name="quants">[rows, layout.Quants].</param>
    /// <param name="scales">[rows, layout.Groups].</param>
    /// <param name="mins">[rows, layout.Groups], or null.</param>
    /// <param name="rows">1 … lanes.</param>
    public void Fill(byte* quants, float* scales, float* mins, int rows)
    {
        Interleave((uint*)quants, _layout.Quants / 4, _layout.Columns / 4, rows, (uint*)Quants);
        Interleave((uint*)scales, _layout.Groups, Groups, rows, (uint*)Scales);
        if (mins != null) Interleave((uint*)mins, _layout.Groups, Groups, rows, (uint*)Mins);
    }

    // destination[i, row] = source[row, i], 32 bits each.
    private void Interleave(uint* source, int stride, int count, int rows, uint* destination)
    {
        int row = 0;
        for (; row <= rows - 4; row += 4) InterleaveFour(source + ((long)row * stride), stride, count, destination + row);
        for (; row < rows; row++)
        {
            for (int i = 0; i < count; i++) destination[((long)i * _lanes) + row] = source[((long)row * stride) + i];
        }
    }

    private void InterleaveFour(uint* a, int stride, int count, uint* destination)
    {
        uint* b = a + stride, c = b + stride, d = c + stride;
        int i = 0, lanes = _lanes;
        if (Avx2.IsSupported)
        {
            for (; i <= count - 8; i += 8, destination += 8 * lanes)
                TransposeEight(Vector256.Load(a + i), Vector256.Load(b + i), Vector256.Load(c + i), Vector256.Load(d + i), destination, lanes);
        }

        if (Sse2.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; i <= count - 4; i += 4, destination += 4 * lanes)
                TransposeFour(Vector128.Load(a + i), Vector128.Load(b + i), Vector128.Load(c + i), Vector128.Load(d + i), destination, lanes);
        }

        for (; i < count; i++, destination += lanes)
            (destination[0], destination[1], destination[2], destination[3]) = (a[i], b[i], c[i], d[i]);
    }

    // Unpacking works within halves of 128 bits: the upper halves are the columns 4 … 7.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeEight(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, uint* destination, nint lanes)
    {
        Vector256<ulong> ab01 = Avx2.UnpackLow(a, b).AsUInt64(), ab23 = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cd01 = Avx2.UnpackLow(c, d).AsUInt64(), cd23 = Avx2.UnpackHigh(c, d).AsUInt64();
        Vector256<uint> column0 = Avx2.UnpackLow(ab01, cd01).AsUInt32(), column1 = Avx2.UnpackHigh(ab01, cd01).AsUInt32();
        Vector256<uint> column2 = Avx2.UnpackLow(ab23, cd23).AsUInt32(), column3 = Avx2.UnpackHigh(ab23, cd23).AsUInt32();
        column0.GetLower().Store(destination);
        column1.GetLower().Store(destination + lanes);
        column2.GetLower().Store(destination + (2 * lanes));
        column3.GetLower().Store(destination + (3 * lanes));
        column0.GetUpper().Store(destination + (4 * lanes));
        column1.GetUpper().Store(destination + (5 * lanes));
        column2.GetUpper().Store(destination + (6 * lanes));
        column3.GetUpper().Store(destination + (7 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(
        Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, uint* destination, nint lanes)
    {
        Vector128<ulong> ab01 = ZipLow(a, b).AsUInt64(), ab23 = ZipHigh(a, b).AsUInt64();
        Vector128<ulong> cd01 = ZipLow(c, d).AsUInt64(), cd23 = ZipHigh(c, d).AsUInt64();
        Vector128.Create(ab01.GetLower(), cd01.GetLower()).AsUInt32().Store(destination);
        Vector128.Create(ab01.GetUpper(), cd01.GetUpper()).AsUInt32().Store(destination + lanes);
        Vector128.Create(ab23.GetLower(), cd23.GetLower()).AsUInt32().Store(destination + (2 * lanes));
        Vector128.Create(ab23.GetUpper(), cd23.GetUpper()).AsUInt32().Store(destination + (3 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipLow(Vector128<uint> a, Vector128<uint> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Sse2.UnpackLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipHigh(Vector128<uint> a, Vector128<uint> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Sse2.UnpackHigh(a, b);
}
