using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Quipu.Cpu.MatMul;

/// <summary>The lanes of AdvSimd; the kind of weights is the parameter.</summary>
internal readonly unsafe struct AdvSimdDot<TProducts> : IQuantizedDot<Vector128<byte>, Vector128<float>>
    where TProducts : struct, IQuantProducts<Vector128<byte>, Vector128<float>>
{
    public static int Lanes => 4;

    public static bool HasMins => TProducts.HasMins;

    public static Vector128<float> Zero => Vector128<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* quants) => Vector128.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadLanes(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> sum, float* destination) => sum.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Products(Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations) =>
        TProducts.Products(w0, w1, w2, w3, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> a, float* factor) => a * Vector128.Create(*factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> sum) => AdvSimd.FusedMultiplyAdd(sum, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, float* factor, Vector128<float> sum) => AdvSimd.FusedMultiplyAdd(sum, a, Vector128.Create(*factor));
}

/// <summary>Integer products on Arm. An unsigned weight of 0 … 63 is a signed byte too.</summary>
internal static unsafe class AdvSimdProducts
{
    /// <summary>With the dot product instruction, which takes its four activations from any quarter of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> DotProduct(
        Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations)
    {
        Vector128<sbyte> x = Vector128.Load(activations);
        Vector128<int> sum = Dp.DotProductBySelectedQuadruplet(Vector128<int>.Zero, w0.AsSByte(), x, 0);
        sum = Dp.DotProductBySelectedQuadruplet(sum, w1.AsSByte(), x, 1);
        sum = Dp.DotProductBySelectedQuadruplet(sum, w2.AsSByte(), x, 2);
        return AdvSimd.ConvertToSingle(Dp.DotProductBySelectedQuadruplet(sum, w3.AsSByte(), x, 3));
    }

    /// <summary>Without it: two products of bytes, at most 2 · 128 · 127 = 32 512, fit an int16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Widening(
        Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations) => AdvSimd.ConvertToSingle(
            Eight(w0.AsSByte(), w1.AsSByte(), activations) + Eight(w2.AsSByte(), w3.AsSByte(), activations + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Eight(Vector128<sbyte> w0, Vector128<sbyte> w1, sbyte* activations)
    {
        Vector128<sbyte> x0 = Vector128.Create(*(int*)activations).AsSByte(), x1 = Vector128.Create(*(int*)(activations + 4)).AsSByte();
        Vector128<short> low = AdvSimd.MultiplyWideningLower(w0.GetLower(), x0.GetLower());
        Vector128<short> high = AdvSimd.MultiplyWideningUpper(w0, x0);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, w1.GetLower(), x1.GetLower());
        high = AdvSimd.MultiplyWideningUpperAndAdd(high, w1, x1);
        return AdvSimd.Arm64.AddPairwise(AdvSimd.AddPairwiseWidening(low), AdvSimd.AddPairwiseWidening(high));
    }
}

/// <summary>Unsigned weights with the dot product instruction.</summary>
internal readonly unsafe struct DotProductUnsigned : IQuantProducts<Vector128<byte>, Vector128<float>>
{
    public static bool HasMins => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Products(Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations) =>
        AdvSimdProducts.DotProduct(w0, w1, w2, w3, activations);
}

/// <summary>Signed weights with the dot product instruction.</summary>
internal readonly unsafe struct DotProductSigned : IQuantProducts<Vector128<byte>, Vector128<float>>
{
    public static bool HasMins => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Products(Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations) =>
        AdvSimdProducts.DotProduct(w0, w1, w2, w3, activations);
}

/// <summary>Unsigned weights without the dot product instruction.</summary>
internal readonly unsafe struct WideningUnsigned : IQuantProducts<Vector128<byte>, Vector128<float>>
{
    public static bool HasMins => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Products(Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations) =>
        AdvSimdProducts.Widening(w0, w1, w2, w3, activations);
}

/// <summary>Signed weights without the dot product instruction.</summary>
internal readonly unsafe struct WideningSigned : IQuantProducts<Vector128<byte>, Vector128<float>>
{
    public static bool HasMins => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Products(Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations) =>
        AdvSimdProducts.Widening(w0, w1, w2, w3, activations);
}
