using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Lanes;

/// <summary>Sixteen lanes: AVX-512.</summary>
internal readonly unsafe struct Lane512(Vector512<float> value) : ILane<Lane512>
{
    /// <summary>The lanes.</summary>
    public readonly Vector512<float> Value = value;

    public static int Count => 16;

    public static Lane512 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 LoadHalf(ushort* source)
    {
        Vector512<int> widened = Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
        Vector512<int> moved = Vector512.ShiftLeft(widened, 13) & Vector512.Create(HalfBits.SingleMask);
        Vector512<int> special = Vector512.GreaterThan(
            moved & Vector512.Create(HalfBits.MagnitudeMask), Vector512.Create(HalfBits.LargestFinite));
        Vector512<float> scaled = moved.AsSingle() * Vector512.Create(HalfBits.Rebias);
        return new(scaled | (special & Vector512.Create(HalfBits.SingleInfinity)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 LoadMovedHalf(ushort* source)
    {
        Vector512<int> widened = Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
        return new((Vector512.ShiftLeft(widened, 13) & Vector512.Create(HalfBits.SingleMask)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 LoadSByte(sbyte* source) => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 LoadBFloat(ushort* source) =>
        new(Vector512.ShiftLeft(Avx512F.ConvertToVector512Int32(Vector256.Load(source)), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane512 value, float* destination) => value.Value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lane512 value, ushort* destination)
    {
        Vector512<uint> bits = value.Value.AsUInt32();
        Vector512<uint> magnitude = bits & Vector512.Create(0x7fffffffu);
        // Normal: the exponent rebiased, rounded to even at bit 13 by the carry.
        // Subnormal: adding 0.5 rounds at 2^-24, the unit of such an F16.
        Vector512<uint> odd = Vector512.ShiftRightLogical(magnitude, 13) & Vector512<uint>.One;
        Vector512<uint> normal = Vector512.ShiftRightLogical(magnitude + Vector512.Create(0xc8000fffu) + odd, 13);
        Vector512<float> half = Vector512.Create(0.5f);
        Vector512<uint> subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();
        Vector512<uint> quiet = (Vector512.ShiftRightLogical(magnitude, 13) & Vector512.Create(0x3ffu)) | Vector512.Create(0x7e00u);
        Vector512<uint> isSubnormal = Vector512.LessThan(magnitude, Vector512.Create(0x38800000u));
        Vector512<uint> result = Vector512.ConditionalSelect(isSubnormal, subnormal, normal);
        result = Vector512.ConditionalSelect(
            Vector512.GreaterThan(magnitude, Vector512.Create(0x477fffffu)), Vector512.Create(0x7c00u), result);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(0x7f800000u)), quiet, result);
        result |= Vector512.ShiftRightLogical(bits, 16) & Vector512.Create(0x8000u);
        Avx512F.ConvertToVector256UInt16(result).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator +(Lane512 a, Lane512 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator -(Lane512 a, Lane512 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator *(Lane512 a, Lane512 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 operator /(Lane512 a, Lane512 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 MultiplyAdd(Lane512 a, Lane512 b, Lane512 c) => new(Avx512F.FusedMultiplyAdd(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Max(Lane512 a, Lane512 b) => new(Vector512.MaxNative(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Min(Lane512 a, Lane512 b) => new(Vector512.MinNative(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 Round(Lane512 value) => new(Vector512.Round(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 PowerOfTwo(Lane512 exponent) =>
        new(Vector512.ShiftLeft(Vector512.ConvertToInt32Native(exponent.Value) + Vector512.Create(127), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 ZeroWhereLess(Lane512 test, Lane512 bound, Lane512 value) =>
        new(Vector512.AndNot(value.Value, Vector512.LessThan(test.Value, bound.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512 SwapPairs(Lane512 value) => new(Avx512F.Permute4x32(value.Value, 0b10_11_00_01));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lane512 value) => Lane256.Sum(new(value.Value.GetLower() + value.Value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Lane512 value) =>
        Lane256.MaxLane(new(Vector256.MaxNative(value.Value.GetLower(), value.Value.GetUpper())));
}
