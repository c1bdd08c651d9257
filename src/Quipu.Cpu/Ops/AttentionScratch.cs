namespace Quipu.Cpu.Ops;

/// <summary>A worker's memory for an attention item, laid into one piece.</summary>
internal readonly unsafe struct AttentionScratch
{
    /// <summary>Lays the parts into memory of <see cref="Floats"/> elements.</summary>
    public AttentionScratch(float* memory, KeyValueLayout layout, int rows)
    {
        int headDim = layout.Shape.HeadDim;
        ScoreStride = ScoreColumns(layout);
        Total = new SoftmaxState(memory, rows, headDim);
        memory += SoftmaxState.Floats(rows, headDim);
        Chunk = new SoftmaxState(memory, rows, headDim);
        memory += SoftmaxState.Floats(rows, headDim);
        Queries = memory;
        memory += SoftmaxState.Align((long)rows * headDim);
        Scores = memory;
        memory += (long)rows * ScoreStride;
        Keys = memory;
        memory += (long)headDim * layout.PositionStride;
        Values = memory;
    }

    /// <summary>All chunks so far.</summary>
    public SoftmaxState Total { get; }

    /// <summary>The chunk at hand.</summary>
    public SoftmaxState Chunk { get; }

    /// <summary>[rows, HeadDim], scaled; for <see cref="HalfElement"/> where <see cref="ReadsKeys"/>.</summary>
    public float* Queries { get; }

    /// <summary>[rows, <see cref="ScoreStride"/>]: scores, then weights.</summary>
    public float* Scores { get; }

    /// <summary>Whether K is multiplied as it lies in the cache, as F16.</summary>
    public bool ReadsKeys { get; init; }

    /// <summary>Whether V is multiplied as it lies in the cache, as F16.</summary>
    public bool ReadsValues { get; init; }

    /// <summary>[HeadDim, PositionStride]: K of a block, as F32.</summary>
    public float* Keys { get; }

    /// <summary>[positions, HeadDim]: V of a block, as F32.</summary>
    public float* Values { get; }

    /// <summary>Columns of a tile of positions, with the padding of each block.</summary>
    public int ScoreStride { get; }

    /// <summary>Elements that an item needs.</summary>
    public static long Floats(KeyValueLayout layout, int rows)
    {
        int headDim = layout.Shape.HeadDim;
        long states = 2 * SoftmaxState.Floats(rows, headDim), queries = SoftmaxState.Align((long)rows * headDim);
        long scores = (long)rows * ScoreColumns(layout), block = (long)headDim * layout.PositionStride;
        return states + queries + scores + (2 * block);
    }

    private static int ScoreColumns(KeyValueLayout layout) => AttentionPlan.TileBlocks(layout.Shape) * layout.PositionStride;
}
