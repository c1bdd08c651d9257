using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// The lanes of AVX-512; the kind of weights is the parameter. Two products of a byte of each make an int16, and how many of those may be summed before
/// they are widened depends on the weights: with activations of −127 … 127, sixteen of 0 … 15 reach 30 480, eight of 0 … 31 reach 31 496, four
/// of 0 … 63 reach 32 004, and two signed ones 32 512.
/// </summary>
internal readonly unsafe struct Avx512Dot<TKind> : IQuantizedDot<Vector512<byte>, Vector512<int>, Vector512<float>>
    where TKind : struct, IWeightKind
{
    public static int Lanes => 16;

    public static QuantRange Range => TKind.Range;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* quants) => Vector512.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadLanes(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> sum, float* destination) => sum.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Sixteen(
        Vector512<byte> w0, Vector512<byte> w1, Vector512<byte> w2, Vector512<byte> w3, sbyte* activations, int offset, int stride, int* subScales)
    {
        // Activations are loaded where they are used: with four at once a format that has more of its own in registers runs out of them.
        if (TKind.Range == QuantRange.Signed)
        {
            return (SignedProducts(w0, Four(activations + offset)) + SignedProducts(w1, Four(activations + (offset + stride))))
                + (SignedProducts(w2, Four(activations + (offset + (2 * stride)))) + SignedProducts(w3, Four(activations + (offset + (3 * stride)))));
        }

        Vector512<short> low = Avx512BW.MultiplyAddAdjacent(w0, Four(activations + offset)) + Avx512BW.MultiplyAddAdjacent(w1, Four(activations + (offset + stride)));
        Vector512<short> high = Avx512BW.MultiplyAddAdjacent(w2, Four(activations + (offset + (2 * stride))))
            + Avx512BW.MultiplyAddAdjacent(w3, Four(activations + (offset + (3 * stride))));
        if (TKind.Range == QuantRange.Below16) return (low + high).AsInt32();
        if (TKind.Range == QuantRange.Below32) return Widen(low + high);
        Vector512<short> factors = Vector512.Load((short*)subScales);
        return Avx512BW.MultiplyAddAdjacent(low, factors) + Avx512BW.MultiplyAddAdjacent(high, factors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> a, Vector512<int> b) =>
        TKind.Range == QuantRange.Below16 ? (a.AsInt16() + b.AsInt16()).AsInt32() : a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> SubMins(int* subScales, int* halfSums) =>
        Avx512BW.MultiplyAddAdjacent(Vector512.Load((short*)subScales), Vector512.Create(*halfSums).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(Vector512<int> sum) =>
        Avx512F.ConvertToVector512Single(TKind.Range == QuantRange.Below16 ? Widen(sum.AsInt16()) : sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> a, float* factor) => a * Vector512.Create(*factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> sum) => Avx512F.FusedMultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, float* factor, Vector512<float> sum) => Avx512F.FusedMultiplyAdd(a, Vector512.Create(*factor), sum);

    // The weights' signs go to the activations, which are never −128; the blend goes by each byte's top bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> SignedProducts(Vector512<byte> w, Vector512<sbyte> x) =>
        Widen(Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(w.AsSByte()), Avx512BW.BlendVariable(x, -x, w.AsSByte())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widen(Vector512<short> pairs) => Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> Four(sbyte* activations) => Vector512.Create(*(int*)activations).AsSByte();
}
