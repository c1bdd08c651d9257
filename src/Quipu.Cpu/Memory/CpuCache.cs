using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu.Memory;

/// <summary>K and V of a layer as F16, laid out as <see cref="KeyValueLayout"/> says.</summary>
internal sealed unsafe class CpuCache(CacheShape shape) : DeviceCache(shape)
{
    private readonly AlignedMemory _keys = new(checked(sizeof(ushort) * new KeyValueLayout(shape).KeyElements));
    private readonly AlignedMemory _values = new(checked(sizeof(ushort) * new KeyValueLayout(shape).ValueElements));

    /// <summary>Where K and V lie.</summary>
    public KeyValueLayout Layout { get; } = new(shape);

    /// <inheritdoc/>
    public override long ByteLength => sizeof(ushort) * (Layout.KeyElements + Layout.ValueElements);

    /// <summary>First F16 of K.</summary>
    public ushort* Keys => Checked(_keys);

    /// <summary>First F16 of V.</summary>
    public ushort* Values => Checked(_values);

    /// <summary>Copies a block of K and V onto another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public void CopyBlock(int source, int destination)
    {
        CheckBlock(source);
        CheckBlock(destination);
        Copy(Keys, Layout.KeyBlockElements, source, destination);
        Copy(Values, Layout.ValueBlockElements, source, destination);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private static void Copy(ushort* elements, long blockElements, int source, int destination)
    {
        long bytes = blockElements * sizeof(ushort);
        Buffer.MemoryCopy(elements + (source * blockElements), elements + (destination * blockElements), bytes, bytes);
    }

    private void CheckBlock(int block)
    {
        if ((uint)block >= (uint)Shape.Blocks)
            throw new ArgumentOutOfRangeException(nameof(block), block, $"The cache has {Shape.Blocks} blocks.");
    }

    private ushort* Checked(AlignedMemory memory)
    {
        ObjectDisposedException.ThrowIf(memory.Data is null, this);
        return (ushort*)memory.Data;
    }
}
