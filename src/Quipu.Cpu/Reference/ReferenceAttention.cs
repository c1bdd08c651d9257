using Quipu.Tensors;

namespace Quipu.Cpu.Reference;

/// <summary>
/// Causal attention of the reference device: softmax(scale · q · K) · V for each query, in the order of the positions. Eight rows and all
/// heads of a key/value head go through the cache together, so that a block is read once for them: 3 000 positions are more than a core's
/// own cache holds.
/// </summary>
internal sealed class ReferenceAttention(
    ReferenceBuffer queries, AttentionSegment segment, ReferenceCache cache, float scale, int window, ReferenceBuffer output)
{
    private const int TileRows = 8;

    private readonly int _headDim = cache.Shape.HeadDim;
    private readonly int _kvHeads = cache.Shape.KvHeads;
    private readonly int _length = cache.Shape.BlockLength;
    private readonly int _group = queries.Columns / cache.Shape.HeadDim / cache.Shape.KvHeads;

    public void Run() => Parallel.For(0, (segment.RowCount + TileRows - 1) / TileRows * _kvHeads, task =>
        Attend(task / _kvHeads * TileRows, task % _kvHeads));

    private void Attend(int firstRow, int kvHead)
    {
        int rows = Math.Min(TileRows, segment.RowCount - firstRow), position = segment.FirstPosition + firstRow;
        var tile = new Query[rows * _group];
        for (int q = 0; q < tile.Length; q++)
            tile[q] = new Query(firstRow + q / _group, kvHead * _group + q % _group, First(position + q / _group), position + q / _group);
        int begin = First(position) / _length, end = (position + rows - 1) / _length;
        for (int block = begin; block <= end; block++)
            foreach (var query in tile)
                Score(query, block, kvHead);
        foreach (var query in tile)
            Softmax(query.Weights);
        foreach (var query in tile)
            Head(output, query).Clear();
        for (int block = begin; block <= end; block++)
            foreach (var query in tile)
                AddValues(query, block, kvHead);
    }

    private int First(int position) => window == 0 ? 0 : Math.Max(0, position - window + 1);

    private void Score(Query query, int block, int kvHead)
    {
        ReadOnlySpan<float> q = Head(queries, query), keys = cache.Keys(segment.Blocks.Span[block]);
        for (int p = Math.Max(query.First, block * _length); p <= Math.Min(query.Last, block * _length + _length - 1); p++)
            query.Weights[p - query.First] = scale * Linear.Dot(q, At(keys, p, kvHead));
    }

    private static void Softmax(Span<float> weights)
    {
        float max = float.NegativeInfinity;
        foreach (float w in weights)
            max = Math.Max(max, w);
        double sum = 0;
        foreach (ref float w in weights)
            sum += w = MathF.Exp(w - max);
        foreach (ref float w in weights)
            w = (float)(w / sum);
    }

    private void AddValues(Query query, int block, int kvHead)
    {
        var result = Head(output, query);
        ReadOnlySpan<float> values = cache.Values(segment.Blocks.Span[block]);
        for (int p = Math.Max(query.First, block * _length); p <= Math.Min(query.Last, block * _length + _length - 1); p++)
            Linear.AddScaled(At(values, p, kvHead), query.Weights[p - query.First], result);
    }

    private ReadOnlySpan<float> At(ReadOnlySpan<float> block, int position, int kvHead) =>
        block.Slice((position % _length * _kvHeads + kvHead) * _headDim, _headDim);

    private Span<float> Head(ReferenceBuffer buffer, Query query) =>
        buffer.Row(segment.FirstRow + query.Row).Slice(query.Head * _headDim, _headDim);

    /// <summary>A row's head, and the positions that it sees with their weights.</summary>
    private sealed record Query(int Row, int Head, int First, int Last)
    {
        public float[] Weights { get; } = new float[Last - First + 1];
    }
}
