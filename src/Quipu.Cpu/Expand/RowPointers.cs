using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand;

/// <summary>
/// Where a block lies in each of up to eight weight rows, which are equally far apart. Three pointers and the distance reach all eight with what an
/// instruction can add up itself; eight pointers are more than there are registers for, and reading them again for each block was a sixth of its loads.
/// </summary>
/// <param name="first">The block of the first row.</param>
/// <param name="stride">Bytes from a row to the next.</param>
internal unsafe struct RowPointers(byte* first, long stride)
{
    // Fields and no properties: the compiler stops inlining when a method has too many calls, small as they are, and a call spills all vectors.
    public readonly long Stride = stride;
    public byte* Row0 = first, Row3 = first + (3 * stride), Row6 = first + (6 * stride);

    /// <summary>Goes on to the next block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int bytes)
    {
        Row0 += bytes;
        Row3 += bytes;
        Row6 += bytes;
    }
}
