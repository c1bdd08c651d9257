using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.MatMul;

/// <summary>The lanes of AVX2; the kind of weights is the parameter.</summary>
internal readonly unsafe struct Avx2Dot<TProducts> : IQuantizedDot<Vector256<byte>, Vector256<float>>
    where TProducts : struct, IQuantProducts<Vector256<byte>, Vector256<float>>
{
    public static int Lanes => 8;

    public static bool HasMins => TProducts.HasMins;

    public static Vector256<float> Zero => Vector256<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* quants) => Vector256.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadLanes(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> sum, float* destination) => sum.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Products(Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, sbyte* activations) =>
        TProducts.Products(w0, w1, w2, w3, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> a, float* factor) => a * Vector256.Create(*factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> sum) => Fma.MultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, float* factor, Vector256<float> sum) => Fma.MultiplyAdd(a, Vector256.Create(*factor), sum);
}

/// <summary>Weights of 0 … 31: eight products, at most 8 · 31 · 127 = 31 496, fit an int16.</summary>
internal readonly unsafe struct Avx2Narrow : IQuantProducts<Vector256<byte>, Vector256<float>>
{
    public static bool HasMins => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Products(Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, sbyte* activations)
    {
        Vector256<short> pairs = (Pairs(w0, activations) + Pairs(w1, activations + 4)) + (Pairs(w2, activations + 8) + Pairs(w3, activations + 12));
        return Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
    }

    /// <summary>Four columns times four activations, two products to an int16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<short> Pairs(Vector256<byte> weights, sbyte* activations) =>
        Avx2.MultiplyAddAdjacent(weights, Vector256.Create(*(int*)activations).AsSByte());
}

/// <summary>Weights of 0 … 63: four products, at most 4 · 63 · 127 = 32 004, fit an int16.</summary>
internal readonly unsafe struct Avx2Unsigned : IQuantProducts<Vector256<byte>, Vector256<float>>
{
    public static bool HasMins => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Products(Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, sbyte* activations)
    {
        Vector256<short> low = Avx2Narrow.Pairs(w0, activations) + Avx2Narrow.Pairs(w1, activations + 4);
        Vector256<short> high = Avx2Narrow.Pairs(w2, activations + 8) + Avx2Narrow.Pairs(w3, activations + 12);
        return Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(low, Vector256<short>.One) + Avx2.MultiplyAddAdjacent(high, Vector256<short>.One));
    }
}

/// <summary>
/// Signed weights: their signs go to the activations, which are never −128. Two products, at most 2 · 128 · 127 = 32 512, fit an int16.
/// </summary>
internal readonly unsafe struct Avx2Signed : IQuantProducts<Vector256<byte>, Vector256<float>>
{
    public static bool HasMins => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Products(Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, sbyte* activations) => Avx.ConvertToVector256Single(
        (Fours(w0.AsSByte(), activations) + Fours(w1.AsSByte(), activations + 4))
        + (Fours(w2.AsSByte(), activations + 8) + Fours(w3.AsSByte(), activations + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fours(Vector256<sbyte> w, sbyte* activations)
    {
        Vector256<sbyte> x = Vector256.Create(*(int*)activations).AsSByte();
        return Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(w), Avx2.Sign(x, w)), Vector256<short>.One);
    }
}
