using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>The scales of a block of several weight rows, up to a super-block of eight groups, where they wait for the products.</summary>
/// <param name="memory"><see cref="Bytes"/>.</param>
internal readonly unsafe struct BlockScales<TRows>(byte* memory) where TRows : struct, IRowLanes<TRows>
{
    private const int Groups = 8;

    /// <summary>[groups, rows].</summary>
    public readonly float* Scales = (float*)memory;

    /// <summary>Memory that the scales need.</summary>
    public static int Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (2 + WeightPanel.SubScaleRegisters) * Groups * TRows.Count * sizeof(float);
    }

    /// <summary>[groups, rows].</summary>
    public float* Mins
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Scales + (Groups * TRows.Count);
    }

    /// <summary>[rows]: two int16 each, the factors of the scale in 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* SubScalesOf(int sixteen) => SubScales + ((((sixteen >> 1) * WeightPanel.SubScaleRegisters) + (sixteen & 1)) * TRows.Count);

    /// <summary>[rows]: two int16 each, the factors of a group's minimum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* SubMinsOf(int group) => SubScales + (((group * WeightPanel.SubScaleRegisters) + 2) * TRows.Count);

    // [groups, 3, rows].
    private int* SubScales
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int*)Scales + (2 * Groups * TRows.Count);
    }

    /// <summary>See <see cref="IBlockSink{TRows}.Scale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreScale(int group, TRows scale) => TRows.Store(scale, Scales + (group * TRows.Count));

    /// <summary>See <see cref="IBlockSink{TRows}.Min"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreMin(int group, TRows min) => TRows.Store(min, Mins + (group * TRows.Count));

    /// <summary>See <see cref="IBlockSink{TRows}.SubScales"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreSubScales(int group, TRows first, TRows second, TRows mins)
    {
        int* to = SubScales + (group * WeightPanel.SubScaleRegisters * TRows.Count);
        TRows.Store(first, to);
        TRows.Store(second, to + TRows.Count);
        TRows.Store(mins, to + (2 * TRows.Count));
    }
}
