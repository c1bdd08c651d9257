using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand.Formats;

/// <summary>
/// The 12 bytes of eight 6-bit scales and minimums of Q4_K and Q5_K. The first four of each lie in the lower six bits of bytes 0
/// to 3 (scales) and 4 to 7 (minimums); the others have their lower nibbles in bytes 8 to 11 and their upper bits on top of the
/// first.
/// </summary>
internal static unsafe class SixBitPairs
{
    private const uint SixBits = 0x3f3f3f3f, Nibbles = 0x0f0f0f0f, UpperTwo = 0x30303030;

    /// <summary>The scales, a byte each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Scales(byte* packed)
    {
        uint first = ((uint*)packed)[0], last = ((uint*)packed)[2];
        return (first & SixBits) | ((ulong)((last & Nibbles) | ((first >> 2) & UpperTwo)) << 32);
    }

    /// <summary>The minimums, a byte each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Minimums(byte* packed)
    {
        uint first = ((uint*)packed)[1], last = ((uint*)packed)[2];
        return (first & SixBits) | ((ulong)(((last >> 4) & Nibbles) | ((first >> 2) & UpperTwo)) << 32);
    }
}
