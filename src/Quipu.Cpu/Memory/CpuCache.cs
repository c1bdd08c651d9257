using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu.Memory;

/// <summary>K and V of one layer as F16 or Q8_0, laid out as <see cref="KeyValueLayout"/> says.</summary>
internal sealed unsafe class CpuCache(CacheShape shape) : DeviceCache(shape)
{
    private readonly AlignedMemory _keys = new(new KeyValueLayout(shape).KeyBytes);
    private readonly AlignedMemory _values = new(new KeyValueLayout(shape).ValueBytes);

    /// <summary>Where K and V lie.</summary>
    public KeyValueLayout Layout { get; } = new(shape);

    /// <inheritdoc/>
    public override long ByteLength => Layout.KeyBytes + Layout.ValueBytes;

    /// <summary>First byte of K.</summary>
    public byte* Keys => Checked(_keys);

    /// <summary>First byte of V.</summary>
    public byte* Values => Checked(_values);

    /// <summary>Copies a block of K and V onto another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public void CopyBlock(int source, int destination)
    {
        CheckBlock(source);
        CheckBlock(destination);
        Copy(Keys, Layout.KeyBlockBytes, source, destination);
        Copy(Values, Layout.ValueBlockBytes, source, destination);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private static void Copy(byte* data, long blockBytes, int source, int destination) =>
        Buffer.MemoryCopy(data + (source * blockBytes), data + (destination * blockBytes), blockBytes, blockBytes);

    private void CheckBlock(int block)
    {
        if ((uint)block >= (uint)Shape.Blocks)
            throw new ArgumentOutOfRangeException(nameof(block), block, $"The cache has {Shape.Blocks} blocks.");
    }

    private byte* Checked(AlignedMemory memory)
    {
        ObjectDisposedException.ThrowIf(memory.Data is null, this);
        return (byte*)memory.Data;
    }
}
