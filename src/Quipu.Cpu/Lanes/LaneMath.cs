using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Lanes;

/// <summary>Functions of lanes, written once over their arithmetic.</summary>
internal static class LaneMath
{
    /// <summary>Below it <see cref="Exp"/> is 0: e^x is no longer a normal number.</summary>
    public const float ExpLowest = -87.33654f;

    /// <summary>Above it <see cref="Exp"/> stays e^88.37, so that it never overflows.</summary>
    public const float ExpHighest = 88.37f;

    /// <summary>Loads F16 that are finite as F32: exact. Infinity and NaN come out as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe TLane LoadFiniteHalf<TLane>(ushort* source) where TLane : struct, ILane<TLane> =>
        TLane.LoadMovedHalf(source) * TLane.Broadcast(HalfBits.Rebias);

    /// <summary>
    /// e^x within 2 units in the last place; 0 below <see cref="ExpLowest"/>, e^88.37 above <see cref="ExpHighest"/>, NaN for NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Exp<TLane>(TLane x) where TLane : struct, ILane<TLane>
    {
        // e^x = 2^n · e^r with r within ±ln2/2; ln2 in two parts keeps r exact. The bound comes first so that a NaN in x survives.
        TLane clamped = TLane.Max(TLane.Broadcast(ExpLowest), TLane.Min(TLane.Broadcast(ExpHighest), x));
        TLane n = TLane.Round(clamped * TLane.Broadcast(1.44269504f));
        TLane r = TLane.MultiplyAdd(n, TLane.Broadcast(-0.693359375f), clamped);
        r = TLane.MultiplyAdd(n, TLane.Broadcast(2.12194440e-4f), r);
        // Minimax polynomial of (e^r − 1 − r) / r² over that interval.
        TLane p = TLane.Broadcast(1.9875691500e-4f);
        p = TLane.MultiplyAdd(p, r, TLane.Broadcast(1.3981999507e-3f));
        p = TLane.MultiplyAdd(p, r, TLane.Broadcast(8.3334519073e-3f));
        p = TLane.MultiplyAdd(p, r, TLane.Broadcast(4.1665795894e-2f));
        p = TLane.MultiplyAdd(p, r, TLane.Broadcast(1.6666665459e-1f));
        p = TLane.MultiplyAdd(p, r, TLane.Broadcast(5.0000001201e-1f));
        p = TLane.MultiplyAdd(p, r * r, r) + TLane.Broadcast(1f);
        return TLane.ZeroWhereLess(x, TLane.Broadcast(ExpLowest), p * TLane.PowerOfTwo(n));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Sigmoid<TLane>(TLane x) where TLane : struct, ILane<TLane>
    {
        TLane one = TLane.Broadcast(1f);
        return one / (one + Exp(TLane.Zero - x));
    }
}
