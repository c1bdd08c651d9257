using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Lanes;

/// <summary>Eight lanes: AVX2 with FMA.</summary>
internal readonly unsafe struct Lane256(Vector256<float> value) : ILane<Lane256>
{
    /// <summary>The lanes.</summary>
    public readonly Vector256<float> Value = value;

    public static int Count => 8;

    public static Lane256 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 LoadHalf(ushort* source)
    {
        Vector256<int> widened = Avx2.ConvertToVector256Int32((short*)source);
        Vector256<int> moved = Vector256.ShiftLeft(widened, 13) & Vector256.Create(HalfBits.SingleMask);
        Vector256<int> special = Vector256.GreaterThan(
            moved & Vector256.Create(HalfBits.MagnitudeMask), Vector256.Create(HalfBits.LargestFinite));
        Vector256<float> scaled = moved.AsSingle() * Vector256.Create(HalfBits.Rebias);
        return new(scaled | (special & Vector256.Create(HalfBits.SingleInfinity)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 LoadMovedHalf(ushort* source)
    {
        Vector256<int> widened = Avx2.ConvertToVector256Int32((short*)source);
        return new((Vector256.ShiftLeft(widened, 13) & Vector256.Create(HalfBits.SingleMask)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 LoadSByte(sbyte* source) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 LoadBFloat(ushort* source) => new(Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(source), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane256 value, float* destination) => value.Value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lane256 value, ushort* destination)
    {
        Vector256<uint> bits = value.Value.AsUInt32();
        Vector256<uint> magnitude = bits & Vector256.Create(0x7fffffffu);
        // Normal: the exponent rebiased, rounded to even at bit 13 by the carry.
        // Subnormal: adding 0.5 rounds at 2^-24, the unit of such an F16.
        Vector256<uint> odd = Vector256.ShiftRightLogical(magnitude, 13) & Vector256<uint>.One;
        Vector256<uint> normal = Vector256.ShiftRightLogical(magnitude + Vector256.Create(0xc8000fffu) + odd, 13);
        Vector256<float> half = Vector256.Create(0.5f);
        Vector256<uint> subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();
        Vector256<uint> quiet = (Vector256.ShiftRightLogical(magnitude, 13) & Vector256.Create(0x3ffu)) | Vector256.Create(0x7e00u);
        Vector256<uint> isSubnormal = Vector256.LessThan(magnitude, Vector256.Create(0x38800000u));
        Vector256<uint> result = Vector256.ConditionalSelect(isSubnormal, subnormal, normal);
        result = Vector256.ConditionalSelect(
            Vector256.GreaterThan(magnitude, Vector256.Create(0x477fffffu)), Vector256.Create(0x7c00u), result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(0x7f800000u)), quiet, result);
        result |= Vector256.ShiftRightLogical(bits, 16) & Vector256.Create(0x8000u);
        Vector128.Narrow(result.GetLower(), result.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator +(Lane256 a, Lane256 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator -(Lane256 a, Lane256 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator *(Lane256 a, Lane256 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 operator /(Lane256 a, Lane256 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 MultiplyAdd(Lane256 a, Lane256 b, Lane256 c) => new(Fma.MultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Max(Lane256 a, Lane256 b) => new(Vector256.MaxNative(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Min(Lane256 a, Lane256 b) => new(Vector256.MinNative(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 Round(Lane256 value) => new(Vector256.Round(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 PowerOfTwo(Lane256 exponent) =>
        new(Vector256.ShiftLeft(Vector256.ConvertToInt32Native(exponent.Value) + Vector256.Create(127), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 ZeroWhereLess(Lane256 test, Lane256 bound, Lane256 value) =>
        new(Vector256.AndNot(value.Value, Vector256.LessThan(test.Value, bound.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256 SwapPairs(Lane256 value) => new(Avx.Permute(value.Value, 0b10_11_00_01));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lane256 value) => Vector128.Sum(value.Value.GetLower() + value.Value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Lane256 value) =>
        Lane128.MaxLane(new(Vector128.MaxNative(value.Value.GetLower(), value.Value.GetUpper())));
}
