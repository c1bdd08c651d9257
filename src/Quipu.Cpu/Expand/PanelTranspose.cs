using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Expand;

/// <summary>Writes four rows into four neighbouring lanes of a panel: destination[i, lane] = row[lane][i], 32 bits each.</summary>
internal static unsafe class PanelTranspose<TLanes> where TLanes : struct, ILanes
{
    /// <summary>Eight units of each row. Unpacking works within halves of 128 bits, so the upper halves are the units 4 … 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, uint* destination)
    {
        Vector256<ulong> ab01 = Avx2.UnpackLow(a, b).AsUInt64(), ab23 = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cd01 = Avx2.UnpackLow(c, d).AsUInt64(), cd23 = Avx2.UnpackHigh(c, d).AsUInt64();
        Vector256<uint> unit0 = Avx2.UnpackLow(ab01, cd01).AsUInt32(), unit1 = Avx2.UnpackHigh(ab01, cd01).AsUInt32();
        Vector256<uint> unit2 = Avx2.UnpackLow(ab23, cd23).AsUInt32(), unit3 = Avx2.UnpackHigh(ab23, cd23).AsUInt32();
        unit0.GetLower().Store(destination);
        unit1.GetLower().Store(destination + TLanes.Count);
        unit2.GetLower().Store(destination + (2 * TLanes.Count));
        unit3.GetLower().Store(destination + (3 * TLanes.Count));
        unit0.GetUpper().Store(destination + (4 * TLanes.Count));
        unit1.GetUpper().Store(destination + (5 * TLanes.Count));
        unit2.GetUpper().Store(destination + (6 * TLanes.Count));
        unit3.GetUpper().Store(destination + (7 * TLanes.Count));
    }

    /// <summary>Four units of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, uint* destination)
    {
        Vector128<ulong> ab01 = ZipLow(a, b).AsUInt64(), ab23 = ZipHigh(a, b).AsUInt64();
        Vector128<ulong> cd01 = ZipLow(c, d).AsUInt64(), cd23 = ZipHigh(c, d).AsUInt64();
        Vector128.Create(ab01.GetLower(), cd01.GetLower()).AsUInt32().Store(destination);
        Vector128.Create(ab01.GetUpper(), cd01.GetUpper()).AsUInt32().Store(destination + TLanes.Count);
        Vector128.Create(ab23.GetLower(), cd23.GetLower()).AsUInt32().Store(destination + (2 * TLanes.Count));
        Vector128.Create(ab23.GetUpper(), cd23.GetUpper()).AsUInt32().Store(destination + (3 * TLanes.Count));
    }

    /// <summary>A row of four floats from each of four.</summary>
    /// <param name="rows">[4, stride].</param>
    /// <param name="stride">Floats from row to row, a multiple of 4.</param>
    /// <param name="count">Floats of a row, a multiple of 4.</param>
    /// <param name="destination">[count, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* rows, int stride, int count, float* destination)
    {
        var source = (uint*)rows;
        for (int i = 0; i < count; i += 4)
        {
            Store(
                Vector128.Load(source + i), Vector128.Load(source + stride + i),
                Vector128.Load(source + (2 * stride) + i), Vector128.Load(source + (3 * stride) + i),
                (uint*)destination + (i * TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipLow(Vector128<uint> a, Vector128<uint> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : Vector128.Create(a.GetElement(0), b.GetElement(0), a.GetElement(1), b.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipHigh(Vector128<uint> a, Vector128<uint> b) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : Vector128.Create(a.GetElement(2), b.GetElement(2), a.GetElement(3), b.GetElement(3));
}
