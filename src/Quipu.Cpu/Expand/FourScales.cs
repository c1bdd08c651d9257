using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand;

/// <summary>The scales of four blocks of 32 elements, converted at once from their heads: an F16 scale, and a second F16 where the format has one.</summary>
internal static unsafe class FourScales
{
    /// <summary>The F16 in the lower half of each head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> First(Vector128<int> heads) => Second(Vector128.ShiftLeft(heads, 16));

    /// <summary>The F16 in the upper half of each head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Second(Vector128<int> heads)
    {
        Vector128<int> moved = Vector128.ShiftRightArithmetic(heads, 3) & Vector128.Create(HalfBits.SingleMask);
        Vector128<int> special = Vector128.GreaterThan(
            moved & Vector128.Create(HalfBits.MagnitudeMask), Vector128.Create(HalfBits.LargestFinite));
        Vector128<float> scaled = moved.AsSingle() * Vector128.Create(HalfBits.Rebias);
        return scaled | (special & Vector128.Create(HalfBits.SingleInfinity)).AsSingle();
    }

    /// <summary>Stores eight floats, each of the four twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTwice(Vector128<float> values, float* destination)
    {
        Vector128.Shuffle(values, Vector128.Create(0, 0, 1, 1)).Store(destination);
        Vector128.Shuffle(values, Vector128.Create(2, 2, 3, 3)).Store(destination + 4);
    }
}
