namespace Quipu.Cpu.Memory;

/// <summary>How many bytes the buffers of a device take. Buffers may be freed on any thread.</summary>
internal sealed class MemoryMeter
{
    private long _bytes;

    /// <summary>Bytes at present.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts what is allocated, and returns it.</summary>
    public long Added(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        return bytes;
    }

    /// <summary>Counts what is freed.</summary>
    public void Removed(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
