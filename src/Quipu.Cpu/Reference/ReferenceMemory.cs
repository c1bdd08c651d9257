using Quipu.Tensors;

namespace Quipu.Cpu.Reference;

internal sealed class ReferenceWeight(TensorView view) : DeviceWeight(view);

internal sealed class ReferenceBuffer(int rows, int columns) : DeviceBuffer(rows, columns)
{
    private readonly float[] _elements = new float[checked(rows * columns)];

    public Span<float> Row(int row) => _elements.AsSpan(row * Columns, Columns);

    public override void Dispose() { }
}

internal sealed class ReferenceCache(CacheShape shape) : DeviceCache(shape)
{
    // One array a block, [BlockLength, KvHeads · HeadDim], made when it is first written.
    private readonly float[]?[] _keys = new float[shape.Blocks][];
    private readonly float[]?[] _values = new float[shape.Blocks][];

    public override long ByteLength => 2L * sizeof(float) * Shape.Blocks * Shape.BlockLength * Shape.KvHeads * Shape.HeadDim;

    public Span<float> Key(int block, int slot) => At(_keys, block, slot);

    public Span<float> Value(int block, int slot) => At(_values, block, slot);

    public void Copy(int source, int destination)
    {
        _keys[destination] = (float[]?)_keys[source]?.Clone();
        _values[destination] = (float[]?)_values[source]?.Clone();
    }

    private Span<float> At(float[]?[] blocks, int block, int slot)
    {
        int width = Shape.KvHeads * Shape.HeadDim;
        var elements = blocks[block] ??= new float[Shape.BlockLength * width];
        return elements.AsSpan(slot * width, width);
    }

    public override void Dispose() { }
}
