using System.Numerics;
using System.Runtime.InteropServices;
using Quipu.Cpu.Lanes;
using Quipu.Tensors;

namespace Quipu.Cpu.Ops;

/// <summary>
/// Divides an attention into items that threads take in any order: a tile of queries and one head of K and V. Where there would be
/// too few items for the threads (one sequence that generates, few heads), a tile is divided further into ranges of positions, whose
/// partial results <see cref="Merge"/> joins. Every row is computed in the same order of additions however the work is divided, so that
/// the result depends neither on the threads nor on the rows beside it. Reused from call to call without allocating.
/// </summary>
internal sealed unsafe class AttentionPlan : IDisposable
{
    // Rows (queries times grouped heads) that share a converted block of K and V.
    private const int RowsPerTile = 64;

    // A segment of more queries has enough tiles; dividing them would only cost memory.
    private const int MaximumDividedQueries = 8;

    private AttentionSegment[] _segments = [];
    private AttentionItem[] _items = [];
    private AttentionItem[] _merges = [];
    private AttentionCall _call;
    private float* _partials;
    private long _partialCapacity;

    /// <summary>Items for <see cref="Run"/>.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Items for <see cref="Merge"/>, once all of <see cref="Run"/> are done.</summary>
    public int MergeCount { get; private set; }

    /// <summary>Frees the memory of partial results.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_partials);
        _partials = null;
        _partialCapacity = 0;
    }

    /// <summary>Bytes of scratch memory, aligned to 64, that each worker needs for <see cref="Run"/> and <see cref="Merge"/>.</summary>
    public static long ScratchBytes(CacheShape shape, int heads) =>
        AttentionScratch.Floats(new KeyValueLayout(shape), TileQueries(heads / shape.KvHeads) * (heads / shape.KvHeads)) * sizeof(float);

    /// <summary>Plans a call.</summary>
    /// <param name="call">The operands; they must stay valid until the last item is done.</param>
    /// <param name="segments">Which rows belong to which sequence.</param>
    /// <param name="workers">Threads that will take items. Only the division depends on it, not the results.</param>
    /// <exception cref="InvalidOperationException">A position that is needed has no block.</exception>
    public void Prepare(in AttentionCall call, ReadOnlySpan<AttentionSegment> segments, int workers)
    {
        if (_segments.Length < segments.Length)
            _segments = new AttentionSegment[segments.Length];
        segments.CopyTo(_segments);
        _call = call;
        ItemCount = 0;
        MergeCount = 0;
        long partials = 0;
        int undivided = 0;
        foreach (ref readonly AttentionSegment segment in segments)
        {
            RequireBlocks(segment);
            undivided += TileCount(segment) * call.Layout.Shape.KvHeads;
        }
        for (int index = 0; index < segments.Length; index++)
            AddSegment(index, divide: undivided < 4 * workers && workers > 1, ref partials);
        EnsurePartials(partials);
    }

    /// <summary>Computes an item. Items may run at once, each with its own scratch memory.</summary>
    public void Run<TLane>(int index, float* scratch) where TLane : struct, ILane<TLane>
    {
        ref readonly AttentionItem item = ref _items[index];
        Attention<TLane>.Run(_call, _segments[item.Segment], item, item.Divided ? _partials + item.Partial : null, scratch);
    }

    /// <summary>Joins the partial results of a divided tile, after all items have run.</summary>
    public void Merge<TLane>(int index, float* scratch) where TLane : struct, ILane<TLane>
    {
        ref readonly AttentionItem item = ref _merges[index];
        Attention<TLane>.Merge(_call, _segments[item.Segment], item, _partials + item.Partial, scratch);
    }

    /// <summary>Positions that are scored before their softmax moves on: whole blocks.</summary>
    internal static int TileBlocks(CacheShape shape) => Math.Max(1, 128 / shape.BlockLength);

    /// <summary>Key tiles that are summed on their own before they are merged: about 512 positions.</summary>
    internal static int ChunkTiles(CacheShape shape) => Math.Max(1, 512 / (TileBlocks(shape) * shape.BlockLength));

    private static int ChunkPositions(CacheShape shape) => ChunkTiles(shape) * TileBlocks(shape) * shape.BlockLength;

    // A power of two, so that tiles of neighbouring passes meet.
    private static int TileQueries(int group) => Math.Max(4, (int)BitOperations.RoundUpToPowerOf2((uint)(RowsPerTile / group)));

    private void RequireBlocks(in AttentionSegment segment)
    {
        CacheShape shape = _call.Layout.Shape;
        if (segment.RowCount == 0)
            return;
        int first = _call.FirstVisible(segment.FirstPosition) / shape.BlockLength;
        int last = (segment.FirstPosition + segment.RowCount - 1) / shape.BlockLength;
        for (int index = first; index <= last; index++)
            _call.Layout.RequireBlock(segment.Blocks.Span, index);
    }

    private int TileCount(in AttentionSegment segment)
    {
        int tile = TileQueries(_call.Group);
        return segment.RowCount == 0
            ? 0
            : ((segment.FirstPosition + segment.RowCount - 1) / tile) - (segment.FirstPosition / tile) + 1;
    }

    private void AddSegment(int index, bool divide, ref long partials)
    {
        AttentionSegment segment = _segments[index];
        int tile = TileQueries(_call.Group), chunk = ChunkPositions(_call.Layout.Shape);
        int end = segment.FirstPosition + segment.RowCount;
        // The last tile sees most: it comes first, so that the threads end together.
        for (int stop = end; stop > segment.FirstPosition;)
        {
            int start = Math.Max(segment.FirstPosition, (stop - 1) / tile * tile);
            int firstChunk = _call.FirstVisible(start) / chunk;
            var item = new AttentionItem(index, start, stop - start, 0, firstChunk, ((stop - 1) / chunk) - firstChunk + 1, false, 0);
            for (int head = 0; head < _call.Layout.Shape.KvHeads; head++)
                if (divide && item.ChunkCount > 1 && segment.RowCount <= MaximumDividedQueries)
                    AddDivided(item with { KvHead = head, Divided = true, Partial = partials }, ref partials);
                else
                    Append(ref _items, ItemCount++, item with { KvHead = head });
            stop = start;
        }
    }

    private void AddDivided(in AttentionItem tile, ref long partials)
    {
        Append(ref _merges, MergeCount++, tile);
        for (int i = 0; i < tile.ChunkCount; i++)
        {
            Append(ref _items, ItemCount++, tile with { FirstChunk = tile.FirstChunk + i, ChunkCount = 1, Partial = partials });
            partials += SoftmaxState.Floats(tile.QueryCount * _call.Group, _call.Layout.Shape.HeadDim);
        }
    }

    private static void Append(ref AttentionItem[] items, int index, in AttentionItem item)
    {
        if (index == items.Length)
            Array.Resize(ref items, Math.Max(64, 2 * items.Length));
        items[index] = item;
    }

    private void EnsurePartials(long floats)
    {
        if (floats <= _partialCapacity)
            return;
        NativeMemory.AlignedFree(_partials);
        _partials = null;
        _partialCapacity = 0;
        _partials = (float*)NativeMemory.AlignedAlloc(checked((nuint)floats * sizeof(float)), 64);
        _partialCapacity = floats;
    }
}

/// <summary>A tile of queries, one head of K and V, and the chunks of positions to go through.</summary>
/// <param name="Segment">Index of the segment.</param>
/// <param name="FirstPosition">Position of the first query.</param>
/// <param name="QueryCount">Queries of the tile.</param>
/// <param name="KvHead">Head of K and V.</param>
/// <param name="FirstChunk">First chunk of positions.</param>
/// <param name="ChunkCount">Chunks.</param>
/// <param name="Divided">Whether the result is a partial one.</param>
/// <param name="Partial">Where that lies.</param>
internal readonly record struct AttentionItem(
    int Segment, int FirstPosition, int QueryCount, int KvHead, int FirstChunk, int ChunkCount, bool Divided, long Partial);
