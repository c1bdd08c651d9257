using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Quipu.Cpu.Lanes;

/// <summary>Four lanes: AdvSimd. Portable, so that every machine can test it.</summary>
internal readonly unsafe struct Lane128(Vector128<float> value) : ILane<Lane128>
{
    /// <summary>The lanes.</summary>
    public readonly Vector128<float> Value = value;

    public static int Count => 4;

    public static Lane128 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 LoadHalf(ushort* source)
    {
        Vector128<int> widened = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16());
        Vector128<int> moved = Vector128.ShiftLeft(widened, 13) & Vector128.Create(HalfBits.SingleMask);
        Vector128<int> special = Vector128.GreaterThan(
            moved & Vector128.Create(HalfBits.MagnitudeMask), Vector128.Create(HalfBits.LargestFinite));
        Vector128<float> scaled = moved.AsSingle() * Vector128.Create(HalfBits.Rebias);
        return new(scaled | (special & Vector128.Create(HalfBits.SingleInfinity)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 LoadMovedHalf(ushort* source)
    {
        Vector128<int> widened = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16());
        return new((Vector128.ShiftLeft(widened, 13) & Vector128.Create(HalfBits.SingleMask)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 LoadSByte(sbyte* source) =>
        new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)source).AsSByte()))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 LoadBFloat(ushort* source) =>
        new(Vector128.ShiftLeft(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsUInt16()), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane128 value, float* destination) => value.Value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lane128 value, ushort* destination)
    {
        Vector128<uint> bits = value.Value.AsUInt32();
        Vector128<uint> magnitude = bits & Vector128.Create(0x7fffffffu);
        // Normal: the exponent rebiased, rounded to even at bit 13 by the carry.
        // Subnormal: adding 0.5 rounds at 2^-24, the unit of such an F16.
        Vector128<uint> odd = Vector128.ShiftRightLogical(magnitude, 13) & Vector128<uint>.One;
        Vector128<uint> normal = Vector128.ShiftRightLogical(magnitude + Vector128.Create(0xc8000fffu) + odd, 13);
        Vector128<float> half = Vector128.Create(0.5f);
        Vector128<uint> subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();
        Vector128<uint> quiet = (Vector128.ShiftRightLogical(magnitude, 13) & Vector128.Create(0x3ffu)) | Vector128.Create(0x7e00u);
        Vector128<uint> isSubnormal = Vector128.LessThan(magnitude, Vector128.Create(0x38800000u));
        Vector128<uint> result = Vector128.ConditionalSelect(isSubnormal, subnormal, normal);
        result = Vector128.ConditionalSelect(
            Vector128.GreaterThan(magnitude, Vector128.Create(0x477fffffu)), Vector128.Create(0x7c00u), result);
        result = Vector128.ConditionalSelect(Vector128.GreaterThan(magnitude, Vector128.Create(0x7f800000u)), quiet, result);
        result |= Vector128.ShiftRightLogical(bits, 16) & Vector128.Create(0x8000u);
        *(long*)destination = Vector128.Narrow(result, result).AsInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator +(Lane128 a, Lane128 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator -(Lane128 a, Lane128 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator *(Lane128 a, Lane128 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 operator /(Lane128 a, Lane128 b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 MultiplyAdd(Lane128 a, Lane128 b, Lane128 c) => new(Vector128.MultiplyAddEstimate(a.Value, b.Value, c.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Max(Lane128 a, Lane128 b) => new(Vector128.MaxNative(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Min(Lane128 a, Lane128 b) => new(Vector128.MinNative(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 Round(Lane128 value) => new(Vector128.Round(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 PowerOfTwo(Lane128 exponent) =>
        new(Vector128.ShiftLeft(Vector128.ConvertToInt32Native(exponent.Value) + Vector128.Create(127), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 ZeroWhereLess(Lane128 test, Lane128 bound, Lane128 value) =>
        new(Vector128.AndNot(value.Value, Vector128.LessThan(test.Value, bound.Value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128 SwapPairs(Lane128 value) => new(Vector128.Shuffle(value.Value, Vector128.Create(1, 0, 3, 2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lane128 value) => Vector128.Sum(value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Lane128 value)
    {
        Vector128<float> pairs = Vector128.MaxNative(value.Value, Vector128.Shuffle(value.Value, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(pairs.GetElement(0), pairs.GetElement(1));
    }
}
