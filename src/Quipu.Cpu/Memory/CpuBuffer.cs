using Quipu.Tensors;

namespace Quipu.Cpu.Memory;

/// <summary>Activations in native memory, row after row.</summary>
internal sealed unsafe class CpuBuffer(int rows, int columns, MemoryMeter meter) : DeviceBuffer(rows, columns)
{
    private readonly AlignedMemory _memory = new(meter.Added(sizeof(float) * (long)rows * columns));

    /// <summary>First element.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public float* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory.Data is null, this);
            return (float*)_memory.Data;
        }
    }

    /// <summary>First element of a row.</summary>
    public float* Row(int row) => Data + ((long)row * Columns);

    /// <inheritdoc/>
    public override void Dispose()
    {
        meter.Removed(_memory.Bytes);
        _memory.Dispose();
    }
}
