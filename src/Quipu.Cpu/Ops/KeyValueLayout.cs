using Quipu.Tensors;

namespace Quipu.Cpu.Ops;

/// <summary>
/// How the CPU holds a layer's K and V. Within a block each head is contiguous. V is [position, element]; K is transposed,
/// [element, position], so that the scores of neighbouring positions fill a register. A row of K is padded to
/// <see cref="PositionStride"/> positions, so that no load leaves the block. F16 elements lie as they are. Of Q8_0 the quants lie so, and
/// behind them the F16 scales, one for 32 elements of a position: [position, element / 32] for V, [element / 32, position] for K.
/// </summary>
/// <param name="shape">The cache's shape. A block length that is a multiple of 16 needs no padding; 32 or 64 is best.</param>
internal readonly unsafe struct KeyValueLayout(CacheShape shape)
{
    /// <summary>Elements of a position that share a scale: a block of Q8_0.</summary>
    public const int ScaleGroup = 32;

    // The widest register's lanes.
    private const int PositionAlignment = 16;

    /// <summary>The cache's shape.</summary>
    public CacheShape Shape { get; } = shape;

    /// <summary>Positions in a row of K: the block length, padded.</summary>
    public int PositionStride { get; } = (shape.BlockLength + PositionAlignment - 1) / PositionAlignment * PositionAlignment;

    /// <summary>Whether K is Q8_0.</summary>
    public bool KeysQuantized => Shape.KeyType == TensorType.Q8_0;

    /// <summary>Whether V is Q8_0.</summary>
    public bool ValuesQuantized => Shape.ValueType == TensorType.Q8_0;

    /// <summary>Bytes of one block of K.</summary>
    public long KeyBlockBytes => Shape.KvHeads * KeyHeadBytes;

    /// <summary>Bytes of one block of V.</summary>
    public long ValueBlockBytes => Shape.KvHeads * ValueHeadBytes;

    /// <summary>Bytes of all K.</summary>
    public long KeyBytes => checked(KeyBlockBytes * Shape.Blocks);

    /// <summary>Bytes of all V.</summary>
    public long ValueBytes => checked(ValueBlockBytes * Shape.Blocks);

    private long KeyHeadBytes => HeadBytes(PositionStride, KeysQuantized);

    private long ValueHeadBytes => HeadBytes(Shape.BlockLength, ValuesQuantized);

    /// <summary>The physical block of a sequence's logical one.</summary>
    /// <exception cref="InvalidOperationException">The table has no block of the cache there.</exception>
    public int RequireBlock(ReadOnlySpan<int> blocks, int index)
    {
        int block = (uint)index < (uint)blocks.Length ? blocks[index] : -1;
        return (uint)block < (uint)Shape.Blocks ? block : throw NoBlock(index, block);
    }

    /// <summary>K of one head in one block: [HeadDim, <see cref="PositionStride"/>].</summary>
    public byte* KeyBlock(byte* keys, int block, int head) => keys + (KeyBlockBytes * block) + (head * KeyHeadBytes);

    /// <summary>V of one head in one block: [BlockLength, HeadDim].</summary>
    public byte* ValueBlock(byte* values, int block, int head) => values + (ValueBlockBytes * block) + (head * ValueHeadBytes);

    /// <summary>The scales of a quantized block of K: [HeadDim / 32, <see cref="PositionStride"/>].</summary>
    public ushort* KeyScales(byte* block) => (ushort*)(block + ((long)Shape.HeadDim * PositionStride));

    /// <summary>The scales of a quantized block of V: [BlockLength, HeadDim / 32].</summary>
    public ushort* ValueScales(byte* block) => (ushort*)(block + ((long)Shape.HeadDim * Shape.BlockLength));

    private long HeadBytes(int positions, bool quantized) =>
        quantized ? (long)positions * (Shape.HeadDim + (sizeof(ushort) * (Shape.HeadDim / ScaleGroup))) : sizeof(ushort) * (long)positions * Shape.HeadDim;

    private InvalidOperationException NoBlock(int index, int block) => new(
        $"Block {index} of a sequence is needed, but its table has {block} there; the cache's blocks are 0 to {Shape.Blocks - 1}.");
}
