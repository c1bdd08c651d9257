namespace Quipu.Cpu.Lanes;

/// <summary>
/// A register of F32 lanes. A kernel is written once over <typeparamref name="TSelf"/> and compiled for each width:
/// <see cref="Lane1"/> is the scalar reference, <see cref="Lane128"/> AdvSimd, <see cref="Lane256"/> AVX2, <see cref="Lane512"/> AVX-512.
/// Nothing here needs alignment.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
internal unsafe interface ILane<TSelf> where TSelf : struct, ILane<TSelf>
{
    /// <summary>How many lanes: a constant to the compiler.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes 0.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Loads <see cref="Count"/> F32.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Loads <see cref="Count"/> F16 as F32: exact, with subnormals, infinities and NaN.</summary>
    static abstract TSelf LoadHalf(ushort* source);

    /// <summary>Loads <see cref="Count"/> finite F16 as F32 2^112 times too small: exact, and the cheapest. See <see cref="HalfBits"/>.</summary>
    static abstract TSelf LoadMovedHalf(ushort* source);

    /// <summary>Loads <see cref="Count"/> BF16 as F32: exact.</summary>
    static abstract TSelf LoadBFloat(ushort* source);

    /// <summary>Loads <see cref="Count"/> signed bytes as F32.</summary>
    static abstract TSelf LoadSByte(sbyte* source);

    /// <summary>Stores <see cref="Count"/> F32.</summary>
    static abstract void Store(TSelf value, float* destination);

    /// <summary>Stores <see cref="Count"/> F16, rounded to nearest even; what is too large becomes infinity, NaN stays NaN.</summary>
    static abstract void StoreHalf(TSelf value, ushort* destination);

    /// <summary>Lane by lane a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>Lane by lane a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>Lane by lane a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>Lane by lane a / b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a · b + c, fused where the hardware fuses.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger of each lane. A NaN in <paramref name="b"/> survives; beside one in <paramref name="a"/> either may.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller of each lane. A NaN in <paramref name="b"/> survives; beside one in <paramref name="a"/> either may.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>2^exponent for lanes that hold integers of −126 … 127.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    /// <summary>Each lane of <paramref name="value"/>, or 0 where <paramref name="test"/> &lt; <paramref name="bound"/>.</summary>
    static abstract TSelf ZeroWhereLess(TSelf test, TSelf bound, TSelf value);

    /// <summary>Swaps neighbouring lanes: (1, 0, 3, 2, …). One lane has no neighbour and stays.</summary>
    static abstract TSelf SwapPairs(TSelf value);

    /// <summary>Sum of the lanes.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>Largest lane.</summary>
    static abstract float MaxLane(TSelf value);
}
