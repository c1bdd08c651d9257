namespace Quipu.Cpu.Memory;

/// <summary>Scratch memory of each thread of a pool, as large as the largest job so far needed. Its content lasts for one task.</summary>
internal sealed unsafe class WorkerScratch : IDisposable
{
    private readonly AlignedMemory[] _memory;
    private readonly AlignedMemory _pointers;

    /// <summary>Scratch of a number of threads; nothing is allocated before <see cref="Grow"/>.</summary>
    public WorkerScratch(int workers)
    {
        _memory = [.. Enumerable.Range(0, workers).Select(_ => new AlignedMemory())];
        _pointers = new AlignedMemory(sizeof(byte*) * (long)workers);
    }

    /// <summary>First byte of each thread's memory, aligned to 64; valid until the next call.</summary>
    /// <param name="bytes">How much each thread needs.</param>
    public byte** Grow(long bytes)
    {
        var pointers = (byte**)_pointers.Data;
        for (int i = 0; i < _memory.Length; i++)
        {
            _memory[i].Grow(bytes);
            pointers[i] = (byte*)_memory[i].Data;
        }

        return pointers;
    }

    /// <summary>Bytes of all threads.</summary>
    public long Bytes => _memory.Sum(memory => memory.Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in _memory) memory.Dispose();
        _pointers.Dispose();
    }
}
