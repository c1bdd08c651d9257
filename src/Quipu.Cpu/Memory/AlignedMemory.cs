using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu.Memory;

/// <summary>
/// Native memory on a cache line's border. Pages that were never written are not resident where the system allows it. Its owner disposes it:
/// there is no finalizer, because kernels hold bare pointers.
/// </summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    /// <summary>Alignment in bytes: a cache line and the widest vector.</summary>
    public const int Alignment = 64;

    private void* _data;

    /// <summary>Memory of a size.</summary>
    /// <param name="bytes">0: nothing yet, see <see cref="Grow"/>.</param>
    public AlignedMemory(long bytes = 0) => Grow(bytes);

    /// <summary>First byte, or null when empty.</summary>
    public void* Data => _data;

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes the memory at least this large. When it grows it moves, and its content is undefined.</summary>
    /// <exception cref="OutOfMemoryException">The system has no such memory.</exception>
    public void Grow(long bytes)
    {
        if (bytes <= Bytes) return;
        Dispose();
        _data = NativeMemory.AlignedAlloc(checked((nuint)bytes), Alignment);
        Bytes = bytes;
    }

    /// <summary>
    /// Asks for bytes in the second-level cache, where the processor has an instruction for it that .NET knows. Any address may be named.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* data, long bytes)
    {
        if (!Sse.IsSupported) return;
        for (byte* line = (byte*)((nint)data & -Alignment); line < data + bytes; line += Alignment) Sse.Prefetch1(line);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        Bytes = 0;
    }
}
