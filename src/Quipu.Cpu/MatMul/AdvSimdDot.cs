using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>Whether a processor has the dot product instruction, known to the compiler.</summary>
internal interface IDotProducts
{
    /// <summary>It has.</summary>
    static abstract bool Supported { get; }
}

/// <summary>Arm v8.2 and later.</summary>
internal readonly struct WithDotProducts : IDotProducts
{
    public static bool Supported => true;
}

/// <summary>Arm v8.0.</summary>
internal readonly struct WithoutDotProducts : IDotProducts
{
    public static bool Supported => false;
}

/// <summary>The lanes of AdvSimd; the kind of weights is a parameter. An unsigned weight of 0 … 63 is a signed byte too.</summary>
internal readonly unsafe struct AdvSimdDot<TKind, TDotProducts> : IQuantizedDot<Vector128<byte>, Vector128<int>, Vector128<float>>
    where TKind : struct, IWeightKind
    where TDotProducts : struct, IDotProducts
{
    public static int Lanes => 4;

    public static QuantRange Range => TKind.Range;

    public static Vector128<float> Zero => Vector128<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* quants) => Vector128.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadLanes(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> sum, float* destination) => sum.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sixteen(
        Vector128<byte> w0, Vector128<byte> w1, Vector128<byte> w2, Vector128<byte> w3, sbyte* activations, int offset, int stride, int* subScales)
    {
        Vector128<sbyte> x0 = Four(activations + offset), x1 = Four(activations + (offset + stride));
        Vector128<sbyte> x2 = Four(activations + (offset + (2 * stride))), x3 = Four(activations + (offset + (3 * stride)));
        Vector128<int> sum;
        if (TDotProducts.Supported)
        {
            sum = Dp.DotProduct(Dp.DotProduct(Vector128<int>.Zero, w0.AsSByte(), x0), w1.AsSByte(), x1);
            sum = Dp.DotProduct(Dp.DotProduct(sum, w2.AsSByte(), x2), w3.AsSByte(), x3);
        }
        else sum = Eight(w0.AsSByte(), w1.AsSByte(), x0, x1) + Eight(w2.AsSByte(), w3.AsSByte(), x2, x3);
        return QuantRanges.HasSubScales(TKind.Range) ? sum * Lower(Vector128.Load(subScales)) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SubMins(int* subScales, int* halfSums)
    {
        Vector128<int> pairs = Vector128.Load(subScales), sums = Vector128.Create(*halfSums);
        return (Lower(pairs) * Lower(sums)) + (Vector128.ShiftRightArithmetic(pairs, 16) * Vector128.ShiftRightArithmetic(sums, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector128<int> sum) => AdvSimd.ConvertToSingle(sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> a, float* factor) => a * Vector128.Create(*factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> sum) => AdvSimd.FusedMultiplyAdd(sum, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, float* factor, Vector128<float> sum) => AdvSimd.FusedMultiplyAdd(sum, a, Vector128.Create(*factor));

    // The lower of two int16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Lower(Vector128<int> pairs) => Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(pairs, 16), 16);

    // Two products of bytes, at most 2 · 128 · 127 = 32 512, fit an int16.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Eight(Vector128<sbyte> w0, Vector128<sbyte> w1, Vector128<sbyte> x0, Vector128<sbyte> x1)
    {
        Vector128<short> low = AdvSimd.MultiplyWideningLower(w0.GetLower(), x0.GetLower());
        Vector128<short> high = AdvSimd.MultiplyWideningUpper(w0, x0);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, w1.GetLower(), x1.GetLower());
        high = AdvSimd.MultiplyWideningUpperAndAdd(high, w1, x1);
        return AdvSimd.Arm64.AddPairwise(AdvSimd.AddPairwiseWidening(low), AdvSimd.AddPairwiseWidening(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Four(sbyte* activations) => Vector128.Create(*(int*)activations).AsSByte();
}
