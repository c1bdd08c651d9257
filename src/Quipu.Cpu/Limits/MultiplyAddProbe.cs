using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Limits;

/// <summary>
/// How many multiply-adds the threads of a pool do at most, with all operands in registers and enough independent sums to hide every
/// latency. The integer rate is that of the densest use of the instruction set: on x86 without VNNI, pairs of products summed in int16.
/// </summary>
internal static unsafe class MultiplyAddProbe
{
    private const int Rounds = 100_000;
    private const int TasksPerThread = 4;
    private const int Passes = 5;
    private const int Sums = 10;

    /// <summary>Products of int8 per second.</summary>
    public static double MeasureIntegers(ComputePool pool, InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Measure(pool, &Avx512Integers, 64),
        InstructionSet.Avx2 => Measure(pool, &Avx2Integers, 32),
        InstructionSet.AdvSimd when Dp.IsSupported => Measure(pool, &DotProductIntegers, 16),
        InstructionSet.AdvSimd => Measure(pool, &WideningIntegers, 8),
        _ => Measure(pool, &ScalarIntegers, 1),
    };

    /// <summary>Products of F32 per second.</summary>
    public static double MeasureFloats(ComputePool pool, InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Measure(pool, &Floats<Lane512>, Lane512.Count),
        InstructionSet.Avx2 => Measure(pool, &Floats<Lane256>, Lane256.Count),
        InstructionSet.AdvSimd => Measure(pool, &Floats<Lane128>, Lane128.Count),
        _ => Measure(pool, &Floats<Lane1>, Lane1.Count),
    };

    private static double Measure(ComputePool pool, delegate* managed<void*, int, int, void> body, int products)
    {
        int tasks = pool.ActiveThreads * TasksPerThread;
        double best = 0;
        ulong* sink = stackalloc ulong[8];
        for (int pass = 0; pass < Passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(body, sink, tasks);
            best = Math.Max(best, (double)tasks * Rounds * Sums * products / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    // In all of these a sum is an operand too: what does not change from round to round would be computed once, before the loop.
    private static void Avx512Integers(void* sink, int task, int worker)
    {
        Vector512<byte> w = Vector512.Create((byte)(task + 1));
        Vector512<short> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (int round = 0; round < Rounds; round++)
        {
            a += Avx512BW.MultiplyAddAdjacent(w, a.AsSByte());
            b += Avx512BW.MultiplyAddAdjacent(w, b.AsSByte());
            c += Avx512BW.MultiplyAddAdjacent(w, c.AsSByte());
            d += Avx512BW.MultiplyAddAdjacent(w, d.AsSByte());
            e += Avx512BW.MultiplyAddAdjacent(w, e.AsSByte());
            f += Avx512BW.MultiplyAddAdjacent(w, f.AsSByte());
            g += Avx512BW.MultiplyAddAdjacent(w, g.AsSByte());
            h += Avx512BW.MultiplyAddAdjacent(w, h.AsSByte());
            i += Avx512BW.MultiplyAddAdjacent(w, i.AsSByte());
            j += Avx512BW.MultiplyAddAdjacent(w, j.AsSByte());
        }
        *(ulong*)sink = (a + b + c + d + e + f + g + h + i + j).AsUInt64()[0];
    }

    private static void Avx2Integers(void* sink, int task, int worker)
    {
        Vector256<byte> w = Vector256.Create((byte)(task + 1));
        Vector256<short> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (int round = 0; round < Rounds; round++)
        {
            a += Avx2.MultiplyAddAdjacent(w, a.AsSByte());
            b += Avx2.MultiplyAddAdjacent(w, b.AsSByte());
            c += Avx2.MultiplyAddAdjacent(w, c.AsSByte());
            d += Avx2.MultiplyAddAdjacent(w, d.AsSByte());
            e += Avx2.MultiplyAddAdjacent(w, e.AsSByte());
            f += Avx2.MultiplyAddAdjacent(w, f.AsSByte());
            g += Avx2.MultiplyAddAdjacent(w, g.AsSByte());
            h += Avx2.MultiplyAddAdjacent(w, h.AsSByte());
            i += Avx2.MultiplyAddAdjacent(w, i.AsSByte());
            j += Avx2.MultiplyAddAdjacent(w, j.AsSByte());
        }
        *(ulong*)sink = (a + b + c + d + e + f + g + h + i + j).AsUInt64()[0];
    }

    private static void DotProductIntegers(void* sink, int task, int worker)
    {
        Vector128<sbyte> w = Vector128.Create((sbyte)(task + 1));
        Vector128<int> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (int round = 0; round < Rounds; round++)
        {
            a = Dp.DotProduct(a, w, a.AsSByte());
            b = Dp.DotProduct(b, w, b.AsSByte());
            c = Dp.DotProduct(c, w, c.AsSByte());
            d = Dp.DotProduct(d, w, d.AsSByte());
            e = Dp.DotProduct(e, w, e.AsSByte());
            f = Dp.DotProduct(f, w, f.AsSByte());
            g = Dp.DotProduct(g, w, g.AsSByte());
            h = Dp.DotProduct(h, w, h.AsSByte());
            i = Dp.DotProduct(i, w, i.AsSByte());
            j = Dp.DotProduct(j, w, j.AsSByte());
        }
        *(ulong*)sink = (a + b + c + d + e + f + g + h + i + j).AsUInt64()[0];
    }

    private static void WideningIntegers(void* sink, int task, int worker)
    {
        Vector64<sbyte> w = Vector64.Create((sbyte)(task + 1));
        Vector128<short> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (int round = 0; round < Rounds; round++)
        {
            a = AdvSimd.MultiplyWideningLowerAndAdd(a, w, a.GetLower().AsSByte());
            b = AdvSimd.MultiplyWideningLowerAndAdd(b, w, b.GetLower().AsSByte());
            c = AdvSimd.MultiplyWideningLowerAndAdd(c, w, c.GetLower().AsSByte());
            d = AdvSimd.MultiplyWideningLowerAndAdd(d, w, d.GetLower().AsSByte());
            e = AdvSimd.MultiplyWideningLowerAndAdd(e, w, e.GetLower().AsSByte());
            f = AdvSimd.MultiplyWideningLowerAndAdd(f, w, f.GetLower().AsSByte());
            g = AdvSimd.MultiplyWideningLowerAndAdd(g, w, g.GetLower().AsSByte());
            h = AdvSimd.MultiplyWideningLowerAndAdd(h, w, h.GetLower().AsSByte());
            i = AdvSimd.MultiplyWideningLowerAndAdd(i, w, i.GetLower().AsSByte());
            j = AdvSimd.MultiplyWideningLowerAndAdd(j, w, j.GetLower().AsSByte());
        }
        *(ulong*)sink = (a + b + c + d + e + f + g + h + i + j).AsUInt64()[0];
    }

    private static void ScalarIntegers(void* sink, int task, int worker)
    {
        int w = task + 1;
        int a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (int round = 0; round < Rounds; round++)
        {
            a += w * (sbyte)a;
            b += w * (sbyte)b;
            c += w * (sbyte)c;
            d += w * (sbyte)d;
            e += w * (sbyte)e;
            f += w * (sbyte)f;
            g += w * (sbyte)g;
            h += w * (sbyte)h;
            i += w * (sbyte)i;
            j += w * (sbyte)j;
        }
        *(long*)sink = a + b + c + d + e + f + g + h + i + j;
    }

    private static void Floats<TLane>(void* sink, int task, int worker) where TLane : struct, ILane<TLane>
    {
        TLane w = TLane.Broadcast(0.25f);
        TLane a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default, i = default, j = default;
        for (int round = 0; round < Rounds; round++)
        {
            a = TLane.MultiplyAdd(w, a, a);
            b = TLane.MultiplyAdd(w, b, b);
            c = TLane.MultiplyAdd(w, c, c);
            d = TLane.MultiplyAdd(w, d, d);
            e = TLane.MultiplyAdd(w, e, e);
            f = TLane.MultiplyAdd(w, f, f);
            g = TLane.MultiplyAdd(w, g, g);
            h = TLane.MultiplyAdd(w, h, h);
            i = TLane.MultiplyAdd(w, i, i);
            j = TLane.MultiplyAdd(w, j, j);
        }
        *(float*)sink = TLane.Sum(a + b + c + d + e + f + g + h + i + j);
    }
}
