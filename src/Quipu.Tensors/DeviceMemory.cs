namespace Quipu.Tensors;

/// <summary>A weight matrix as a device holds it: for the CPU the mapped file itself, for a GPU its own copy.</summary>
/// <param name="view">The matrix it was made from.</param>
public abstract class DeviceWeight(TensorView view)
{
    /// <summary>The matrix it was made from: name, type and shape.</summary>
    public TensorView View { get; } = view;
}

/// <summary>A matrix of F32 activations in a device's memory, [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
/// <param name="rows">Rows it can hold.</param>
/// <param name="columns">Elements of a row.</param>
public abstract class DeviceBuffer(int rows, int columns) : IDisposable
{
    /// <summary>Rows it can hold; an operation says how many it uses.</summary>
    public int Rows { get; } = rows;

    /// <summary>Elements of a row.</summary>
    public int Columns { get; } = columns;

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The K and V cache of one layer in a device's memory: blocks of a fixed number of positions.</summary>
/// <param name="shape">Its shape.</param>
public abstract class DeviceCache(CacheShape shape) : IDisposable
{
    /// <summary>Its shape.</summary>
    public CacheShape Shape { get; } = shape;

    /// <summary>Bytes of K and V together, when all of it is written.</summary>
    public abstract long ByteLength { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Shape of a layer's cache: K and V are each [Blocks, BlockLength, KvHeads, HeadDim].</summary>
/// <param name="Blocks">Blocks in the pool.</param>
/// <param name="BlockLength">Positions in a block.</param>
/// <param name="KvHeads">Heads of K and V.</param>
/// <param name="HeadDim">Elements of a head.</param>
/// <param name="KeyType">How K is stored: F16 or Q8_0.</param>
/// <param name="ValueType">How V is stored: F16 or Q8_0.</param>
public readonly record struct CacheShape(
    int Blocks, int BlockLength, int KvHeads, int HeadDim, TensorType KeyType = TensorType.F16, TensorType ValueType = TensorType.F16);
