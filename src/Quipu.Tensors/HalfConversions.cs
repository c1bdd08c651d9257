using System.Runtime.CompilerServices;

namespace Quipu.Tensors;

/// <summary>
/// Conversions between F32 and the bits of the two 16-bit floats, small enough to inline. (The conversion operators of
/// <see cref="Half"/> are calls.) All are exact or round to nearest, ties to even, and keep infinities and NaN.
/// </summary>
public static class HalfConversions
{
    private const uint SingleInfinity = 0x7F80_0000;
    private const uint FirstNonFinite = 0x7C00u << 13;
    private const float TwoToThe112 = 5.192296858534828e33f;

    /// <summary>The value of F16 bits, exact, subnormals included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort half)
    {
        // Exponent and mantissa moved to their places in an F32 give the value times 2^-112, an F32 subnormal for an F16 one.
        uint magnitude = (half & 0x7FFFu) << 13;
        uint bits = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude) * TwoToThe112);
        if (magnitude >= FirstNonFinite)
            bits = magnitude | SingleInfinity;
        return BitConverter.UInt32BitsToSingle(bits | ((half & 0x8000u) << 16));
    }

    /// <summary>The nearest F16's bits, ties to even; infinity beyond 65 504 (from 65 520 on).</summary>
    public static ushort ToHalf(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>The value of BF16 bits, exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BrainToSingle(ushort brain) => BitConverter.UInt32BitsToSingle((uint)brain << 16);

    /// <summary>The nearest BF16's bits, ties to even; a NaN becomes a quiet one.</summary>
    public static ushort ToBrain(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if ((bits & 0x7FFF_FFFF) > SingleInfinity)
            return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
