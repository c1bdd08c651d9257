using System.Numerics;
using Quipu.Tensors;

namespace Quipu.Cpu.Reference;

internal sealed class ReferenceWeight(TensorView view) : DeviceWeight(view)
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 64;

    // Decoded when they are first used, and kept: logits are computed 64 rows at a time, and decoding would take longer than multiplying.
    private readonly float[]?[] _tiles = new float[(view.Rows + TileRows - 1) / TileRows][];

    public int Tiles => _tiles.Length;

    /// <summary>Two vectors of rows lie side by side, so that a lane of a vector is an output element.</summary>
    public static int Lanes => 2 * Vector<float>.Count;

    /// <summary>The decoded rows of a tile, [TileRows / Lanes, columns, Lanes]; what lies beyond the last row is 0.</summary>
    public float[] Tile(int tile) => _tiles[tile] ??= Decode(tile * TileRows);

    private float[] Decode(int first)
    {
        int columns = View.Columns, lanes = Lanes;
        float[] elements = new float[TileRows * columns], row = new float[columns];
        for (int k = 0; k < Math.Min(TileRows, View.Rows - first); k++)
        {
            View.Format.Decode(View.Row(first + k), row);
            var panel = elements.AsSpan(k / lanes * lanes * columns, lanes * columns);
            for (int j = 0, at = k % lanes; j < row.Length; j++, at += lanes)
                panel[at] = row[j];
        }

        return elements;
    }
}

internal sealed class ReferenceBuffer(int rows, int columns) : DeviceBuffer(rows, columns)
{
    private readonly float[] _elements = new float[checked(rows * columns)];

    public Span<float> Row(int row) => _elements.AsSpan(row * Columns, Columns);

    public override void Dispose() { }
}

internal sealed class ReferenceCache(CacheShape shape) : DeviceCache(shape)
{
    // One array a block, made when it is first written.
    private readonly float[]?[] _keys = new float[shape.Blocks][];
    private readonly float[]?[] _values = new float[shape.Blocks][];

    public override long ByteLength => 2L * sizeof(float) * Shape.Blocks * Shape.BlockLength * Shape.KvHeads * Shape.HeadDim;

    /// <summary>A block's keys, [BlockLength, KvHeads · HeadDim].</summary>
    public float[] Keys(int block) => At(_keys, block);

    /// <summary>A block's values, [BlockLength, KvHeads · HeadDim].</summary>
    public float[] Values(int block) => At(_values, block);

    public void Copy(int source, int destination)
    {
        _keys[destination] = (float[]?)_keys[source]?.Clone();
        _values[destination] = (float[]?)_values[source]?.Clone();
    }

    private float[] At(float[]?[] blocks, int block) => blocks[block] ??= new float[Shape.BlockLength * Shape.KvHeads * Shape.HeadDim];

    public override void Dispose() { }
}
