using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// Both kinds of weights with Arm's dot product instruction: 0 … 63 is a signed byte too. 16 elements a step, one scale.
/// </summary>
internal readonly unsafe struct DotProductDot : IQuantizedDot<Vector128<byte>, Vector128<float>, Vector128<float>>
{
    public static int Step => 16;

    public static int MinStep => 4;

    public static Vector128<float> Zero => Vector128<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* quants) => Vector128.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadScales(float* scales) => Vector128.Create(*scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(
        Vector128<float> sum, Vector128<byte> weights, Vector128<byte> activations, Vector128<float> weightScales, Vector128<float> activationScales)
    {
        Vector128<int> fours = Dp.DotProduct(Vector128<int>.Zero, weights.AsSByte(), activations.AsSByte());
        return AdvSimd.FusedMultiplyAdd(sum, AdvSimd.ConvertToSingle(fours), weightScales * activationScales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddMins(Vector128<float> sum, float* mins, float* sums) =>
        AdvSimd.FusedMultiplyAdd(sum, Vector128.Load(mins), Vector128.Load(sums));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        AdvSimd.Arm64.AddPairwise(AdvSimd.Arm64.AddPairwise(a, b), AdvSimd.Arm64.AddPairwise(c, d));
}

/// <summary>Both kinds of weights on an Arm processor without the dot product instruction: two products of bytes fit an int16.</summary>
internal readonly unsafe struct WideningDot : IQuantizedDot<Vector128<byte>, Vector128<float>, Vector128<float>>
{
    public static int Step => 16;

    public static int MinStep => 4;

    public static Vector128<float> Zero => Vector128<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* quants) => Vector128.Load(quants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadScales(float* scales) => Vector128.Create(*scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(
        Vector128<float> sum, Vector128<byte> weights, Vector128<byte> activations, Vector128<float> weightScales, Vector128<float> activationScales)
    {
        Vector128<sbyte> w = weights.AsSByte(), x = activations.AsSByte();
        // 2 · 128 · 127 = 32 512, which an int16 still holds.
        Vector128<short> pairs = AdvSimd.MultiplyWideningUpperAndAdd(AdvSimd.MultiplyWideningLower(w.GetLower(), x.GetLower()), w, x);
        return AdvSimd.FusedMultiplyAdd(sum, AdvSimd.ConvertToSingle(AdvSimd.AddPairwiseWidening(pairs)), weightScales * activationScales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> AddMins(Vector128<float> sum, float* mins, float* sums) =>
        AdvSimd.FusedMultiplyAdd(sum, Vector128.Load(mins), Vector128.Load(sums));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        AdvSimd.Arm64.AddPairwise(AdvSimd.Arm64.AddPairwise(a, b), AdvSimd.Arm64.AddPairwise(c, d));
}
