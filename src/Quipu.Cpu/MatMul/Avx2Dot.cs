using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// What both kinds of weights share on AVX2: 32 elements a step, whose products come as 8 sums of 4 elements, so that lanes 0 … 3 belong to the
/// first scale and 4 … 7 to the second.
/// </summary>
internal static unsafe class Avx2Steps
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadScales(float* scales) =>
        Avx.PermuteVar(Vector256.Create(*(double*)scales).AsSingle(), Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1));

    /// <summary>Of magnitudes: with activations of −127 … 127 two products fit an int16 up to a magnitude of 128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(
        Vector256<float> sum, Vector256<byte> weights, Vector256<sbyte> activations, Vector256<float> weightScales, Vector256<float> activationScales)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(weights, activations);
        Vector256<int> fours = Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
        return Fma.MultiplyAdd(Avx.ConvertToVector256Single(fours), Avx.Multiply(weightScales, activationScales), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AddMins(Vector256<float> sum, float* mins, float* sums) =>
        Fma.MultiplyAdd(Vector256.Load(mins), Vector256.Load(sums), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) => Sum(
        a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        Sse3.HorizontalAdd(Sse3.HorizontalAdd(a, b), Sse3.HorizontalAdd(c, d));
}

/// <summary>Unsigned weights of 0 … 63 on AVX2.</summary>
internal readonly unsafe struct Avx2UnsignedDot : IQuantizedDot<Vector256<byte>, Vector256<float>, Vector256<float>>
{
    public static int Step => 32;

    public static int MinStep => 8;

    public static Vector256<float> Zero => Vector256<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* quants) => Vector256.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadScales(float* scales) => Avx2Steps.LoadScales(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(
        Vector256<float> sum, Vector256<byte> weights, Vector256<byte> activations, Vector256<float> weightScales, Vector256<float> activationScales) =>
        Avx2Steps.MultiplyAdd(sum, weights, activations.AsSByte(), weightScales, activationScales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AddMins(Vector256<float> sum, float* mins, float* sums) => Avx2Steps.AddMins(sum, mins, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) => Avx2Steps.Sum(a, b, c, d);
}

/// <summary>Signed weights on AVX2: their signs go to the activations, which are never −128.</summary>
internal readonly unsafe struct Avx2SignedDot : IQuantizedDot<Vector256<byte>, Vector256<float>, Vector256<float>>
{
    public static int Step => 32;

    public static int MinStep => 8;

    public static Vector256<float> Zero => Vector256<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* quants) => Vector256.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadScales(float* scales) => Avx2Steps.LoadScales(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(
        Vector256<float> sum, Vector256<byte> weights, Vector256<byte> activations, Vector256<float> weightScales, Vector256<float> activationScales)
    {
        Vector256<sbyte> signed = weights.AsSByte();
        return Avx2Steps.MultiplyAdd(sum, Avx2.Abs(signed), Avx2.Sign(activations.AsSByte(), signed), weightScales, activationScales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> AddMins(Vector256<float> sum, float* mins, float* sums) => Avx2Steps.AddMins(sum, mins, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) => Avx2Steps.Sum(a, b, c, d);
}
