using Quipu.Cpu.Lanes;
using Quipu.Tensors;

namespace Quipu.Cpu.Ops;

/// <summary>Writes K and V into the cache.</summary>
internal static unsafe class KeyValueStore
{
    private const float LargestHalf = 65504;
    private const int ScaleGroup = KeyValueLayout.ScaleGroup;
    private const int ScaleBytes = sizeof(ushort);

    private static readonly TensorFormat Quantized = TensorFormats.Get(TensorType.Q8_0);

    /// <summary>
    /// Writes consecutive positions of one sequence: F16 rounded to nearest even, Q8_0 as its codec does. What is too large becomes the
    /// largest F16. Rows may be divided among threads freely.
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
        byte* keyCache, byte* valueCache)
        where TLane : struct, ILane<TLane>
    {
        int headDim = layout.Shape.HeadDim, blockLength = layout.Shape.BlockLength;
        for (int position = firstPosition; position < firstPosition + rows; position++)
        {
            (int index, int offset) = Math.DivRem(position, blockLength);
            int block = layout.RequireBlock(blocks, index);
            for (int head = 0; head < layout.Shape.KvHeads; head++, keys += headDim, values += headDim)
            {
                byte* value = layout.ValueBlock(valueCache, block, head), key = layout.KeyBlock(keyCache, block, head);
                if (layout.ValuesQuantized)
                    StoreQuantizedValue(values, headDim, value + ((long)offset * headDim), layout.ValueScales(value) + (offset * (headDim / ScaleGroup)));
                else
                    StoreRow<TLane>(values, headDim, (ushort*)value + ((long)offset * headDim));
                if (layout.KeysQuantized)
                    StoreQuantizedKey(keys, headDim, key + offset, layout.KeyScales(key) + offset, layout.PositionStride);
                else
                    StoreColumn<TLane>(keys, headDim, (ushort*)key + offset, layout.PositionStride);
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

    private static void StoreQuantizedValue(float* source, int count, byte* quants, ushort* scales)
    {
        byte* block = stackalloc byte[ScaleBytes + ScaleGroup];
        for (int i = 0; i < count; i += ScaleGroup, quants += ScaleGroup, scales++)
        {
            Quantize(source + i, block);
            *scales = *(ushort*)block;
            Buffer.MemoryCopy(block + ScaleBytes, quants, ScaleGroup, ScaleGroup);
        }
    }

    private static void StoreQuantizedKey(float* source, int count, byte* quants, ushort* scales, int stride)
    {
        byte* block = stackalloc byte[ScaleBytes + ScaleGroup];
        for (int i = 0; i < count; i += ScaleGroup, scales += stride)
        {
            Quantize(source + i, block);
            *scales = *(ushort*)block;
            for (int j = 0; j < ScaleGroup; j++, quants += stride)
                *quants = block[ScaleBytes + j];
        }
    }

    // A block of Q8_0 by the scalar codec: the one place of a pass that may take it, as it is called for one element in thousands of products.
    private static void Quantize(float* source, byte* block)
    {
        float* limited = stackalloc float[ScaleGroup];
        for (int i = 0; i < ScaleGroup; i++)
            limited[i] = Saturate(Lane1.Load(source + i)).Value;
        Quantized.Encode(new ReadOnlySpan<float>(limited, ScaleGroup), new Span<byte>(block, ScaleBytes + ScaleGroup));
    }
}
