using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Lanes;

/// <summary>
/// F16 to F32 by its bits. The runtime's own conversion is a call, which costs a kernel its registers.
/// </summary>
/// <remarks>
/// Exponent and fraction of an F16, moved 13 bits up, are an F32 that is 2^112 too small, subnormals included: one exact multiplication
/// repairs it, of the number or of what it is multiplied with. Infinity and NaN come out finite and get their exponent back.
/// </remarks>
internal static class HalfBits
{
    /// <summary>2^112: the difference of the exponents' biases.</summary>
    public const float Rebias = 5192296858534827628530496329220096f;

    /// <summary>Where sign, exponent and fraction lie once the sign-extended F16 is moved up.</summary>
    public const int SingleMask = unchecked((int)0x8fffe000);

    /// <summary>Exponent and fraction of the same.</summary>
    public const int MagnitudeMask = 0x0fffe000;

    /// <summary>The largest magnitude that is finite.</summary>
    public const int LargestFinite = 0x0f7fe000;

    /// <summary>Exponent of an F32 infinity.</summary>
    public const int SingleInfinity = 0x7f800000;

    /// <summary>The F16 of these bits as F32, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits)
    {
        int moved = ((short)bits << 13) & SingleMask;
        float scaled = BitConverter.Int32BitsToSingle(moved) * Rebias;
        return (moved & MagnitudeMask) > LargestFinite
            ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(scaled) | SingleInfinity)
            : scaled;
    }
}
