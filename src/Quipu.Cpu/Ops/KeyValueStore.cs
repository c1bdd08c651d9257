using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>Writes K and V into the cache.</summary>
internal static unsafe class KeyValueStore
{
    private const float LargestHalf = 65504;

    /// <summary>
    /// Writes consecutive positions of one sequence, rounded to nearest even F16; what is too large becomes the largest F16.
    /// Rows may be divided among threads freely.
    /// </summary>
    /// <param name="keys">[rows, KvHeads, HeadDim], the first row at <paramref name="firstPosition"/>.</param>
    /// <param name="values">Likewise.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="firstPosition">Position of the first row.</param>
    /// <param name="blocks">The sequence's block table.</param>
    /// <param name="layout">The cache's layout.</param>
    /// <param name="keyCache">All K.</param>
    /// <param name="valueCache">All V.</param>
    /// <exception cref="InvalidOperationException">A position has no block.</exception>
    public static void Store<TLane>(
        float* keys, float* values, int rows, int firstPosition, ReadOnlySpan<int> blocks, KeyValueLayout layout,
        ushort* keyCache, ushort* valueCache)
        where TLane : struct, ILane<TLane>
    {
        int headDim = layout.Shape.HeadDim, blockLength = layout.Shape.BlockLength;
        for (int position = firstPosition; position < firstPosition + rows; position++)
        {
            (int index, int offset) = Math.DivRem(position, blockLength);
            int block = layout.RequireBlock(blocks, index);
            for (int head = 0; head < layout.Shape.KvHeads; head++, keys += headDim, values += headDim)
            {
                ushort* value = layout.ValueBlock(valueCache, block, head) + ((long)offset * headDim);
                StoreRow<TLane>(values, headDim, value);
                StoreColumn<TLane>(keys, headDim, layout.KeyBlock(keyCache, block, head) + offset, layout.PositionStride);
            }
        }
    }

    // So the cache holds finite numbers only, which load in half the instructions.
    private static TLane Saturate<TLane>(TLane value) where TLane : struct, ILane<TLane> =>
        TLane.Max(TLane.Broadcast(-LargestHalf), TLane.Min(TLane.Broadcast(LargestHalf), value));

    private static void StoreRow<TLane>(float* source, int count, ushort* destination) where TLane : struct, ILane<TLane>
    {
        int i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count)
            TLane.StoreHalf(Saturate(TLane.Load(source + i)), destination + i);
        for (; i < count; i++)
            Lane1.StoreHalf(Saturate(Lane1.Load(source + i)), destination + i);
    }

    private static void StoreColumn<TLane>(float* source, int count, ushort* destination, int stride) where TLane : struct, ILane<TLane>
    {
        ushort* halves = stackalloc ushort[TLane.Count];
        int i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count)
        {
            TLane.StoreHalf(Saturate(TLane.Load(source + i)), halves);
            for (int j = 0; j < TLane.Count; j++, destination += stride)
                *destination = halves[j];
        }
        for (; i < count; i++, destination += stride)
            Lane1.StoreHalf(Saturate(Lane1.Load(source + i)), destination);
    }
}
