using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.MatMul;

/// <summary>The lanes of AVX-512; the kind of weights is the parameter.</summary>
internal readonly unsafe struct Avx512Dot<TProducts> : IQuantizedDot<Vector512<byte>, Vector512<float>>
    where TProducts : struct, IQuantProducts<Vector512<byte>, Vector512<float>>
{
    public static int Lanes => 16;

    public static bool HasMins => TProducts.HasMins;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* quants) => Vector512.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadLanes(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> sum, float* destination) => sum.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Products(Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3, sbyte* activations) =>
        TProducts.Products(w0, w1, w2, w3, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> a, float* factor) => a * Vector512.Create(*factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> sum) => Avx512F.FusedMultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, float* factor, Vector512<float> sum) => Avx512F.FusedMultiplyAdd(a, Vector512.Create(*factor), sum);
}

/// <summary>Weights of 0 … 31: eight products, at most 8 · 31 · 127 = 31 496, fit an int16.</summary>
internal readonly unsafe struct Avx512Narrow : IQuantProducts<Vector512<byte>, Vector512<float>>
{
    public static bool HasMins => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Products(Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3, sbyte* activations)
    {
        Vector512<short> pairs = (Pairs(w0, activations) + Pairs(w1, activations + 4)) + (Pairs(w2, activations + 8) + Pairs(w3, activations + 12));
        return Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One));
    }

    /// <summary>Four columns times four activations, two products to an int16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<short> Pairs(Vector512<byte> weights, sbyte* activations) =>
        Avx512BW.MultiplyAddAdjacent(weights, Vector512.Create(*(int*)activations).AsSByte());
}

/// <summary>Weights of 0 … 63: four products, at most 4 · 63 · 127 = 32 004, fit an int16.</summary>
internal readonly unsafe struct Avx512Unsigned : IQuantProducts<Vector512<byte>, Vector512<float>>
{
    public static bool HasMins => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Products(Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3, sbyte* activations)
    {
        Vector512<short> low = Avx512Narrow.Pairs(w0, activations) + Avx512Narrow.Pairs(w1, activations + 4);
        Vector512<short> high = Avx512Narrow.Pairs(w2, activations + 8) + Avx512Narrow.Pairs(w3, activations + 12);
        return Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(low, Vector512<short>.One) + Avx512BW.MultiplyAddAdjacent(high, Vector512<short>.One));
    }
}

/// <summary>
/// Signed weights: their signs go to the activations, which are never −128; the blend goes by each byte's top bit. Two products, at most 2 · 128 · 127 = 32 512, fit an int16.
/// </summary>
internal readonly unsafe struct Avx512Signed : IQuantProducts<Vector512<byte>, Vector512<float>>
{
    public static bool HasMins => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Products(Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3, sbyte* activations) => Avx512F.ConvertToVector512Single(
        (Fours(w0.AsSByte(), activations) + Fours(w1.AsSByte(), activations + 4))
        + (Fours(w2.AsSByte(), activations + 8) + Fours(w3.AsSByte(), activations + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Fours(Vector512<sbyte> w, sbyte* activations)
    {
        Vector512<sbyte> x = Vector512.Create(*(int*)activations).AsSByte();
        return Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(w), Avx512BW.BlendVariable(x, -x, w)), Vector512<short>.One);
    }
}
