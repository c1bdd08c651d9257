namespace Quipu.Cpu.Ops;

/// <summary>The operands of one attention over one layer's cache.</summary>
internal readonly unsafe struct AttentionCall
{
    /// <summary>[rows, <see cref="Heads"/>, HeadDim].</summary>
    public required float* Queries { get; init; }

    /// <summary>[rows, <see cref="Heads"/>, HeadDim].</summary>
    public required float* Output { get; init; }

    /// <summary>All K of the cache.</summary>
    public required byte* Keys { get; init; }

    /// <summary>All V of the cache.</summary>
    public required byte* Values { get; init; }

    /// <summary>Where K and V lie.</summary>
    public required KeyValueLayout Layout { get; init; }

    /// <summary>Heads of the queries: a multiple of the cache's.</summary>
    public required int Heads { get; init; }

    /// <summary>Factor of q·K.</summary>
    public required float Scale { get; init; }

    /// <summary>A row at p sees positions above p − window; 0: all.</summary>
    public required int Window { get; init; }

    /// <summary>Query heads that share one head of K and V.</summary>
    public int Group => Heads / Layout.Shape.KvHeads;

    /// <summary>The first position that a row at <paramref name="position"/> sees.</summary>
    public int FirstVisible(int position) => Window > 0 ? Math.Max(0, position - Window + 1) : 0;
}
