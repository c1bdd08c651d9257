using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand;

/// <summary>
/// Where a block lies in each of up to eight weight rows, which are equally far apart. Three pointers and the distance reach all eight with what an
/// instruction can add up itself; eight pointers are more than there are registers for, and reading them again for each block made a third of its loads.
/// </summary>
/// <param name="first">The block of the first row.</param>
/// <param name="stride">Bytes from a row to the next.</param>
internal unsafe struct RowPointers(byte* first, long stride)
{
    private readonly long _stride = stride;
    private byte* _row0 = first, _row3 = first + (3 * stride), _row6 = first + (6 * stride);

    public readonly byte* Row0 => _row0;

    public readonly byte* Row1 => _row0 + _stride;

    public readonly byte* Row2 => _row0 + (2 * _stride);

    public readonly byte* Row3 => _row3;

    public readonly byte* Row4 => _row3 + _stride;

    public readonly byte* Row5 => _row3 + (2 * _stride);

    public readonly byte* Row6 => _row6;

    public readonly byte* Row7 => _row6 + _stride;

    /// <summary>Goes on to the next block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int bytes)
    {
        _row0 += bytes;
        _row3 += bytes;
        _row6 += bytes;
    }
}
