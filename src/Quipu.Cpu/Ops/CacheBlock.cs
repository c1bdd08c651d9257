using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Ops;

/// <summary>A block of one head of the cache as F32, for products of many rows, or of any number where it is quantized.</summary>
internal static unsafe class CacheBlock<TLane> where TLane : struct, ILane<TLane>
{
    /// <summary>K of all positions of a block.</summary>
    /// <param name="block">Its first byte.</param>
    /// <param name="layout">The cache's layout.</param>
    /// <param name="destination">[HeadDim, PositionStride].</param>
    public static void WidenKeys(byte* block, KeyValueLayout layout, float* destination)
    {
        int stride = layout.PositionStride, headDim = layout.Shape.HeadDim;
        if (!layout.KeysQuantized)
        {
            Widen((ushort*)block, (long)headDim * stride, destination);
            return;
        }
        ushort* scales = layout.KeyScales(block);
        for (int element = 0; element < headDim; element += KeyValueLayout.ScaleGroup, scales += stride)
        {
            for (int position = 0; position < stride; position += TLane.Count)
            {
                TLane scale = LaneMath.LoadFiniteHalf<TLane>(scales + position);
                long at = ((long)element * stride) + position, end = at + (KeyValueLayout.ScaleGroup * (long)stride);
                for (; at < end; at += stride)
                    TLane.Store(TLane.LoadSByte((sbyte*)block + at) * scale, destination + at);
            }
        }
    }

    /// <summary>V of some positions of a block.</summary>
    /// <param name="block">Its first byte.</param>
    /// <param name="layout">The cache's layout.</param>
    /// <param name="from">The first position.</param>
    /// <param name="count">How many.</param>
    /// <param name="destination">[count, HeadDim].</param>
    public static void WidenValues(byte* block, KeyValueLayout layout, int from, int count, float* destination)
    {
        int headDim = layout.Shape.HeadDim;
        if (!layout.ValuesQuantized)
        {
            Widen((ushort*)block + ((long)from * headDim), (long)count * headDim, destination);
            return;
        }
        int groups = headDim / KeyValueLayout.ScaleGroup;
        ushort* scales = layout.ValueScales(block) + ((long)from * groups);
        sbyte* quants = (sbyte*)block + ((long)from * headDim);
        for (long group = 0; group < (long)count * groups; group++, scales++)
        {
            TLane scale = TLane.Broadcast(LaneMath.LoadFiniteHalf<Lane1>(scales).Value);
            for (int i = 0; i < KeyValueLayout.ScaleGroup; i += TLane.Count, quants += TLane.Count, destination += TLane.Count)
                TLane.Store(TLane.LoadSByte(quants) * scale, destination);
        }
    }

    private static void Widen(ushort* source, long count, float* destination)
    {
        long i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count)
            TLane.Store(LaneMath.LoadFiniteHalf<TLane>(source + i), destination + i);
        for (; i < count; i++)
            Lane1.Store(LaneMath.LoadFiniteHalf<Lane1>(source + i), destination + i);
    }
}
