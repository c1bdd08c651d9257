using Quipu.Tensors;

namespace Quipu.Cpu.Ops;

/// <summary>
/// How the CPU holds a layer's K and V in F16. Within a block each head is contiguous. V is [position, element]; K is transposed,
/// [element, position], so that the scores of neighbouring positions fill a register. A row of K is padded to
/// <see cref="PositionStride"/> positions, so that no load leaves the block.
/// </summary>
/// <param name="shape">The cache's shape. A block length that is a multiple of 16 needs no padding; 32 or 64 is best.</param>
internal readonly unsafe struct KeyValueLayout(CacheShape shape)
{
    // The widest register's lanes.
    private const int PositionAlignment = 16;

    /// <summary>The cache's shape.</summary>
    public CacheShape Shape { get; } = shape;

    /// <summary>Positions in a row of K: the block length, padded.</summary>
    public int PositionStride { get; } = (shape.BlockLength + PositionAlignment - 1) / PositionAlignment * PositionAlignment;

    /// <summary>F16 elements of one block of K.</summary>
    public long KeyBlockElements => (long)Shape.KvHeads * Shape.HeadDim * PositionStride;

    /// <summary>F16 elements of one block of V.</summary>
    public long ValueBlockElements => (long)Shape.KvHeads * Shape.HeadDim * Shape.BlockLength;

    /// <summary>F16 elements of all K.</summary>
    public long KeyElements => KeyBlockElements * Shape.Blocks;

    /// <summary>F16 elements of all V.</summary>
    public long ValueElements => ValueBlockElements * Shape.Blocks;

    /// <summary>The physical block of a sequence's logical one.</summary>
    /// <exception cref="InvalidOperationException">The table has no block of the cache there.</exception>
    public int RequireBlock(ReadOnlySpan<int> blocks, int index)
    {
        int block = (uint)index < (uint)blocks.Length ? blocks[index] : -1;
        return (uint)block < (uint)Shape.Blocks ? block : throw NoBlock(index, block);
    }

    /// <summary>K of one head in one block: [HeadDim, <see cref="PositionStride"/>].</summary>
    public ushort* KeyBlock(ushort* keys, int block, int head) =>
        keys + (KeyBlockElements * block) + ((long)head * Shape.HeadDim * PositionStride);

    /// <summary>V of one head in one block: [BlockLength, HeadDim].</summary>
    public ushort* ValueBlock(ushort* values, int block, int head) =>
        values + (ValueBlockElements * block) + ((long)head * Shape.HeadDim * Shape.BlockLength);

    private InvalidOperationException NoBlock(int index, int block) => new(
        $"Block {index} of a sequence is needed, but its table has {block} there; the cache's blocks are 0 to {Shape.Blocks - 1}.");
}
