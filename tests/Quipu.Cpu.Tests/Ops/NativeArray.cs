using System.Runtime.InteropServices;

namespace Quipu.Cpu.Tests.Ops;

/// <summary>Unmanaged memory for kernels, with a guard behind it that is checked when it is freed.</summary>
internal sealed unsafe class NativeArray<T> : IDisposable where T : unmanaged
{
    private const int GuardBytes = 64;
    private const byte GuardValue = 0xa5;

    public NativeArray(long length)
    {
        Length = length;
        Pointer = (T*)NativeMemory.AlignedAlloc((nuint)(length * sizeof(T)) + GuardBytes, 64);
        Guard.Fill(GuardValue);
    }

    public NativeArray(ReadOnlySpan<T> source) : this(source.Length) => source.CopyTo(Span);

    public long Length { get; }

    public T* Pointer { get; private set; }

    public Span<T> Span => new(Pointer, checked((int)Length));

    private Span<byte> Guard => new((byte*)Pointer + (Length * sizeof(T)), GuardBytes);

    public void Dispose()
    {
        bool intact = !Guard.ContainsAnyExcept(GuardValue);
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        Assert.True(intact, "A kernel wrote behind its memory.");
    }
}
