using Quipu.Cpu.Lanes;
using Quipu.Cpu.Memory;
using Quipu.Tensors;

namespace Quipu.Cpu.Ops;

/// <summary>
/// Causal grouped-query attention over a block-paged cache, with an online softmax. The rows of an item are its queries times the heads
/// that share one head of K and V. Few rows read the cache's F16 directly; many, and those of a quantized cache, share a block that is
/// converted once.
/// </summary>
/// <typeparam name="TLane">Register to compute with.</typeparam>
internal static unsafe class Attention<TLane> where TLane : struct, ILane<TLane>
{
    private const int DirectRows = 4;
    // So that a query 2^112 times as large is finite. Larger ones are no model's.
    private const float LargestDirectQuery = 32768;

    /// <summary>Computes an item: its rows of the output, or where <paramref name="partial"/> is given that state.</summary>
    public static void Run(
        in AttentionCall call, in AttentionSegment segment, in AttentionItem item, float* partial, float* memory)
    {
        CacheShape shape = call.Layout.Shape;
        int rows = item.QueryCount * call.Group;
        var scratch = new AttentionScratch(memory, call.Layout, rows);
        LoadQueries(call, segment, item, scratch.Queries);
        int elements = rows * shape.HeadDim;
        bool direct = rows <= DirectRows;
        scratch = scratch with
        {
            ReadsKeys = direct && !call.Layout.KeysQuantized && Elementwise.LargestMagnitude<TLane>(scratch.Queries, elements) < LargestDirectQuery,
            ReadsValues = direct && !call.Layout.ValuesQuantized,
        };
        if (scratch.ReadsKeys) SoftmaxState.Scale<TLane>(scratch.Queries, HalfBits.Rebias, scratch.Queries, elements);
        int tiles = AttentionPlan.ChunkTiles(shape);
        if (partial is not null)
        {
            RunChunk(call, segment, item, item.FirstChunk * tiles, tiles, new SoftmaxState(partial, rows, shape.HeadDim), scratch);
            return;
        }
        scratch.Total.Clear();
        for (int chunk = item.FirstChunk; chunk < item.FirstChunk + item.ChunkCount; chunk++)
        {
            RunChunk(call, segment, item, chunk * tiles, tiles, scratch.Chunk, scratch);
            scratch.Total.Merge<TLane>(scratch.Chunk);
        }
        WriteOutput(call, segment, item, scratch.Total);
    }

    /// <summary>Merges the partial states of an item that was divided into its chunks, in their order.</summary>
    public static void Merge(in AttentionCall call, in AttentionSegment segment, in AttentionItem item, float* partials, float* memory)
    {
        int rows = item.QueryCount * call.Group, headDim = call.Layout.Shape.HeadDim;
        var total = new SoftmaxState(memory, rows, headDim);
        total.Clear();
        for (int i = 0; i < item.ChunkCount; i++)
            total.Merge<TLane>(new SoftmaxState(partials + (i * SoftmaxState.Floats(rows, headDim)), rows, headDim));
        WriteOutput(call, segment, item, total);
    }

    private static long RowOffset(in AttentionCall call, in AttentionSegment segment, in AttentionItem item, int query) =>
        (((long)(segment.FirstRow + item.FirstPosition - segment.FirstPosition + query) * call.Heads)
        + (item.KvHead * call.Group)) * call.Layout.Shape.HeadDim;

    private static void LoadQueries(in AttentionCall call, in AttentionSegment segment, in AttentionItem item, float* queries)
    {
        int count = call.Group * call.Layout.Shape.HeadDim;
        for (int query = 0; query < item.QueryCount; query++, queries += count)
            SoftmaxState.Scale<TLane>(call.Queries + RowOffset(call, segment, item, query), call.Scale, queries, count);
    }

    private static void WriteOutput(in AttentionCall call, in AttentionSegment segment, in AttentionItem item, in SoftmaxState state)
    {
        int headDim = call.Layout.Shape.HeadDim;
        for (int row = 0; row < state.Rows; row++)
        {
            (int query, int head) = Math.DivRem(row, call.Group);
            state.WriteRow<TLane>(row, call.Output + RowOffset(call, segment, item, query) + ((long)head * headDim));
        }
    }

    private static void RunChunk(
        in AttentionCall call, in AttentionSegment segment, in AttentionItem item, int firstTile, int tiles,
        in SoftmaxState state, in AttentionScratch scratch)
    {
        state.Clear();
        int tilePositions = AttentionPlan.TileBlocks(call.Layout.Shape) * call.Layout.Shape.BlockLength;
        int low = call.FirstVisible(item.FirstPosition), high = item.FirstPosition + item.QueryCount;
        for (int tile = firstTile; tile < firstTile + tiles; tile++)
        {
            long start = (long)tile * tilePositions;
            if (start >= high)
                break;
            if (start + tilePositions > low)
                RunTile(call, segment.Blocks.Span, item, (int)start, state, scratch);
        }
    }

    // One tile of positions: scores, weights, weighted values, block by block.
    private static void RunTile(
        in AttentionCall call, ReadOnlySpan<int> blocks, in AttentionItem item, int start,
        in SoftmaxState state, in AttentionScratch scratch)
    {
        CacheShape shape = call.Layout.Shape;
        int low = Math.Max(start, call.FirstVisible(item.FirstPosition));
        long tileEnd = start + ((long)AttentionPlan.TileBlocks(shape) * shape.BlockLength);
        long end = Math.Min(tileEnd, item.FirstPosition + item.QueryCount);
        int startBlock = start / shape.BlockLength;
        int firstBlock = low / shape.BlockLength, lastBlock = (int)((end - 1) / shape.BlockLength);
        for (int index = firstBlock; index <= lastBlock; index++)
        {
            if (scratch.ReadsKeys) Prefetch(call, blocks, index, item.KvHead, (int)Math.Min(end - (index * (long)shape.BlockLength), shape.BlockLength));
            byte* keys = call.Layout.KeyBlock(call.Keys, blocks[index], item.KvHead);
            Score(call, keys, (index - startBlock) * call.Layout.PositionStride, state, scratch);
        }
        int firstColumn = (firstBlock - startBlock) * call.Layout.PositionStride;
        int columns = (lastBlock - startBlock + 1) * call.Layout.PositionStride;
        for (int row = 0; row < state.Rows; row++)
        {
            float* scores = scratch.Scores + ((long)row * scratch.ScoreStride);
            Mask(call, item.FirstPosition + (row / call.Group), firstBlock, lastBlock, scores + firstColumn);
            Weigh(row, scores + firstColumn, columns - firstColumn, scratch.ReadsValues ? HalfBits.Rebias : 1f, state);
        }
        for (int index = firstBlock; index <= lastBlock; index++)
        {
            int position = index * shape.BlockLength;
            int from = Math.Max(low - position, 0), to = (int)Math.Min(end - position, shape.BlockLength);
            byte* values = call.Layout.ValueBlock(call.Values, blocks[index], item.KvHead);
            Sum(call, values, from, to, (index - startBlock) * call.Layout.PositionStride, state, scratch);
        }
    }

    // Few rows pass so fast that they would wait for the cache: a head's block often is one page, at whose end the processor's own prefetch stops.
    // Of the values, the positions up to the last query's: those of a block that is not full yet are nothing to wait for.
    private static void Prefetch(in AttentionCall call, ReadOnlySpan<int> blocks, int index, int head, int positions)
    {
        KeyValueLayout layout = call.Layout;
        long position = sizeof(ushort) * (long)layout.Shape.HeadDim;
        AlignedMemory.Prefetch(layout.ValueBlock(call.Values, blocks[index], head), position * positions);
        if (index + 1 < blocks.Length && blocks[index + 1] >= 0)
            AlignedMemory.Prefetch(layout.KeyBlock(call.Keys, blocks[index + 1], head), position * layout.Shape.BlockLength);
    }

    private static void Score(in AttentionCall call, byte* keys, int column, in SoftmaxState state, in AttentionScratch scratch)
    {
        int headDim = state.HeadDim, stride = scratch.ScoreStride, positions = call.Layout.PositionStride;
        float* queries = scratch.Queries, scores = scratch.Scores + column;
        if (scratch.ReadsKeys)
        {
            new TileProduct<HalfElement>(queries, headDim, (HalfElement*)keys, positions, headDim, scores, stride, accumulate: false)
                .Run<TLane>(state.Rows, positions);
            return;
        }
        float* wide = scratch.Keys;
        CacheBlock<TLane>.WidenKeys(keys, call.Layout, wide);
        new TileProduct<SingleElement>(queries, headDim, (SingleElement*)wide, positions, headDim, scores, stride, accumulate: false)
            .Run<TLane>(state.Rows, positions);
    }

    // Adds positions from … to − 1 of a block, whose weights begin at the column.
    private static void Sum(
        in AttentionCall call, byte* values, int from, int to, int column, in SoftmaxState state, in AttentionScratch scratch)
    {
        int headDim = state.HeadDim, stride = scratch.ScoreStride, positions = to - from;
        float* weights = scratch.Scores + column + from, output = state.Output;
        if (scratch.ReadsValues)
        {
            HalfElement* halves = (HalfElement*)values + ((long)from * headDim);
            new TileProduct<HalfElement>(weights, stride, halves, headDim, positions, output, headDim, accumulate: true)
                .Run<TLane>(state.Rows, headDim);
            return;
        }
        float* wide = scratch.Values;
        CacheBlock<TLane>.WidenValues(values, call.Layout, from, positions, wide);
        new TileProduct<SingleElement>(weights, stride, (SingleElement*)wide, headDim, positions, output, headDim, accumulate: true)
            .Run<TLane>(state.Rows, headDim);
    }

    // −∞ wherever a query does not look: before its window, after itself, and in the padding.
    private static void Mask(in AttentionCall call, int query, int firstBlock, int lastBlock, float* scores)
    {
        int length = call.Layout.Shape.BlockLength, stride = call.Layout.PositionStride;
        int low = call.FirstVisible(query);
        for (int block = firstBlock; block <= lastBlock; block++, scores += stride)
        {
            int position = block * length;
            int from = Math.Clamp(low - position, 0, length), to = Math.Clamp(query + 1 - position, from, length);
            for (int i = 0; i < from; i++)
                scores[i] = float.NegativeInfinity;
            for (int i = to; i < stride; i++)
                scores[i] = float.NegativeInfinity;
        }
    }

    // Scores become e^(score − maximum), times a power of two. A score that overflowed counts as the largest number, so that no difference is NaN.
    private static void Weigh(int row, float* scores, int count, float factor, in SoftmaxState state)
    {
        TLane limit = TLane.Broadcast(float.MaxValue);
        TLane largest = TLane.Broadcast(state.Maximum[row]);
        for (int i = 0; i < count; i += TLane.Count)
            largest = TLane.Max(largest, TLane.Min(limit, TLane.Load(scores + i)));
        float maximum = TLane.MaxLane(largest);
        state.Raise<TLane>(row, maximum);
        TLane maxima = TLane.Broadcast(maximum), factors = TLane.Broadcast(factor);
        TLane sum = TLane.Zero;
        for (int i = 0; i < count; i += TLane.Count)
        {
            TLane weight = LaneMath.Exp(TLane.Min(limit, TLane.Load(scores + i)) - maxima);
            TLane.Store(weight * factors, scores + i);
            sum += weight;
        }
        state.Sum[row] += TLane.Sum(sum);
    }
}
