using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand;

/// <summary>Where four rows lie; where the matrix ends before, the last one again.</summary>
internal readonly unsafe struct FourRows
{
    /// <summary>Rows that begin at <paramref name="first"/> of <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FourRows(byte* rows, long rowBytes, int first, int count)
    {
        A = rows + (first * rowBytes);
        B = rows + (Math.Min(first + 1, count - 1) * rowBytes);
        C = rows + (Math.Min(first + 2, count - 1) * rowBytes);
        D = rows + (Math.Min(first + 3, count - 1) * rowBytes);
    }

    public byte* A { get; }

    public byte* B { get; }

    public byte* C { get; }

    public byte* D { get; }
}
