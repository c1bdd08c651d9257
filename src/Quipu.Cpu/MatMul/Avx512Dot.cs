using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.MatMul;

/// <summary>What both kinds of weights share on AVX-512: 64 elements a step, whose products come as 16 sums of 4 elements, 4 sums to a scale.</summary>
internal static unsafe class Avx512Steps
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadScales(float* scales) => Avx512F.PermuteVar4x32(
        Avx512F.BroadcastVector128ToVector512(scales), Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));

    /// <summary>Of magnitudes: with activations of −127 … 127 two products fit an int16 up to a magnitude of 128.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(
        Vector512<float> sum, Vector512<byte> weights, Vector512<sbyte> activations, Vector512<float> weightScales, Vector512<float> activationScales)
    {
        Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(weights, activations);
        Vector512<int> fours = Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One);
        return Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(fours), weightScales * activationScales, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddMins(Vector512<float> sum, float* mins, float* sums) =>
        Avx512F.FusedMultiplyAdd(Vector512.Load(mins), Vector512.Load(sums), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => Avx2Steps.Sum(
        a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
}

/// <summary>Unsigned weights of 0 … 63 on AVX-512.</summary>
internal readonly unsafe struct Avx512UnsignedDot : IQuantizedDot<Vector512<byte>, Vector512<float>, Vector512<float>>
{
    public static int Step => 64;

    public static int MinStep => 16;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* quants) => Vector512.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadScales(float* scales) => Avx512Steps.LoadScales(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(
        Vector512<float> sum, Vector512<byte> weights, Vector512<byte> activations, Vector512<float> weightScales, Vector512<float> activationScales) =>
        Avx512Steps.MultiplyAdd(sum, weights, activations.AsSByte(), weightScales, activationScales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddMins(Vector512<float> sum, float* mins, float* sums) => Avx512Steps.AddMins(sum, mins, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => Avx512Steps.Sum(a, b, c, d);
}

/// <summary>Signed weights on AVX-512: their signs go to the activations, which are never −128.</summary>
internal readonly unsafe struct Avx512SignedDot : IQuantizedDot<Vector512<byte>, Vector512<float>, Vector512<float>>
{
    public static int Step => 64;

    public static int MinStep => 16;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* quants) => Vector512.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadScales(float* scales) => Avx512Steps.LoadScales(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(
        Vector512<float> sum, Vector512<byte> weights, Vector512<byte> activations, Vector512<float> weightScales, Vector512<float> activationScales)
    {
        Vector512<sbyte> signed = weights.AsSByte(), x = activations.AsSByte();
        // The blend goes by each byte's top bit, which is the weight's sign.
        Vector512<sbyte> turned = Avx512BW.BlendVariable(x, -x, signed);
        return Avx512Steps.MultiplyAdd(sum, Avx512BW.Abs(signed), turned, weightScales, activationScales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AddMins(Vector512<float> sum, float* mins, float* sums) => Avx512Steps.AddMins(sum, mins, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => Avx512Steps.Sum(a, b, c, d);
}
