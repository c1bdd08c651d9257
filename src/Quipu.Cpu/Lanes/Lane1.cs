using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Lanes;

/// <summary>One lane: the scalar path of every kernel.</summary>
internal readonly unsafe struct Lane1(float value) : ILane<Lane1>
{
    /// <summary>The lane.</summary>
    public readonly float Value = value;

    public static int Count => 1;

    public static Lane1 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 Broadcast(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 Load(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 LoadHalf(ushort* source) => new(HalfBits.ToSingle(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 LoadMovedHalf(ushort* source) => new(BitConverter.Int32BitsToSingle(((short)*source << 13) & HalfBits.SingleMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 LoadSByte(sbyte* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 LoadBFloat(ushort* source) => new(BitConverter.UInt32BitsToSingle((uint)*source << 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane1 value, float* destination) => *destination = value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf(Lane1 value, ushort* destination) => *destination = BitConverter.HalfToUInt16Bits((Half)value.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator +(Lane1 a, Lane1 b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator -(Lane1 a, Lane1 b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator *(Lane1 a, Lane1 b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator /(Lane1 a, Lane1 b) => new(a.Value / b.Value);

    // Not MathF.FusedMultiplyAdd: where the processor has no FMA, which is where this path runs, it is a slow library call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 MultiplyAdd(Lane1 a, Lane1 b, Lane1 c) => new((a.Value * b.Value) + c.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 Max(Lane1 a, Lane1 b) => new(a.Value > b.Value ? a.Value : b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 Min(Lane1 a, Lane1 b) => new(a.Value < b.Value ? a.Value : b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 Round(Lane1 value) => new(MathF.Round(value.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 PowerOfTwo(Lane1 exponent) => new(BitConverter.Int32BitsToSingle(((int)exponent.Value + 127) << 23));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 ZeroWhereLess(Lane1 test, Lane1 bound, Lane1 value) => test.Value < bound.Value ? default : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 SwapPairs(Lane1 value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lane1 value) => value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Lane1 value) => value.Value;
}
