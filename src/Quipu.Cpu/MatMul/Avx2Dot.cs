using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// The lanes of AVX2; the kind of weights is the parameter. Two products of a byte of each make an int16, and how many of those may be summed before
/// they are widened depends on the weights: with activations of −127 … 127, sixteen of 0 … 15 reach 30 480, eight of 0 … 31 reach 31 496, four
/// of 0 … 63 reach 32 004, and two signed ones 32 512.
/// </summary>
internal readonly unsafe struct Avx2Dot<TKind> : IQuantizedDot<Vector256<byte>, Vector256<int>, Vector256<float>>
    where TKind : struct, IWeightKind
{
    public static int Lanes => 8;

    public static QuantRange Range => TKind.Range;

    public static Vector256<float> Zero => Vector256<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* quants) => Vector256.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadLanes(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> sum, float* destination) => sum.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sixteen(
        Vector256<byte> w0, Vector256<byte> w1, Vector256<byte> w2, Vector256<byte> w3, sbyte* activations, int offset, int stride, int* subScales)
    {
        // Activations are loaded where they are used: with four at once a format that has more of its own in registers runs out of them.
        if (TKind.Range == QuantRange.Signed)
        {
            return (SignedProducts(w0, Four(activations + offset)) + SignedProducts(w1, Four(activations + (offset + stride))))
                + (SignedProducts(w2, Four(activations + (offset + (2 * stride)))) + SignedProducts(w3, Four(activations + (offset + (3 * stride)))));
        }

        Vector256<short> low = Avx2.MultiplyAddAdjacent(w0, Four(activations + offset)) + Avx2.MultiplyAddAdjacent(w1, Four(activations + (offset + stride)));
        Vector256<short> high = Avx2.MultiplyAddAdjacent(w2, Four(activations + (offset + (2 * stride))))
            + Avx2.MultiplyAddAdjacent(w3, Four(activations + (offset + (3 * stride))));
        if (TKind.Range == QuantRange.Below16) return (low + high).AsInt32();
        if (TKind.Range == QuantRange.Below32) return Widen(low + high);
        Vector256<short> factors = Vector256.Load((short*)subScales);
        return Avx2.MultiplyAddAdjacent(low, factors) + Avx2.MultiplyAddAdjacent(high, factors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> a, Vector256<int> b) =>
        TKind.Range == QuantRange.Below16 ? (a.AsInt16() + b.AsInt16()).AsInt32() : a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> SubMins(int* subScales, int* halfSums) =>
        Avx2.MultiplyAddAdjacent(Vector256.Load((short*)subScales), Vector256.Create(*halfSums).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector256<int> sum) =>
        Avx.ConvertToVector256Single(TKind.Range == QuantRange.Below16 ? Widen(sum.AsInt16()) : sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> a, float* factor) => a * Vector256.Create(*factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> sum) => Fma.MultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, float* factor, Vector256<float> sum) => Fma.MultiplyAdd(a, Vector256.Create(*factor), sum);

    // The weights' signs go to the activations, which are never −128.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SignedProducts(Vector256<byte> w, Vector256<sbyte> x) =>
        Widen(Avx2.MultiplyAddAdjacent(Avx2.Abs(w.AsSByte()), Avx2.Sign(x, w.AsSByte())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(Vector256<short> pairs) => Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Four(sbyte* activations) => Vector256.Create(*(int*)activations).AsSByte();
}
