using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand;

/// <summary>Where one block of some rows goes in a panel.</summary>
internal unsafe struct PanelLanes<TRows, TLanes>(WeightPanel panel, int lane) : IBlockSink<TRows>
    where TRows : struct, IRowLanes<TRows>
    where TLanes : struct, ILanes
{
    private byte* _quants = panel.Quants + (4 * lane);
    private float* _scales = panel.Scales + lane, _mins = panel.Mins + lane;
    private int* _subScales = panel.SubScales + lane;

    /// <summary>Goes on to the next block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int columns)
    {
        int groups = columns / WeightPanel.GroupLength;
        _quants += columns * TLanes.Count;
        _scales += groups * TLanes.Count;
        _mins += groups * TLanes.Count;
        _subScales += groups * WeightPanel.SubScaleRegisters * TLanes.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        byte* to = _quants + (column * TLanes.Count);
        TRows.Store(c0, to);
        TRows.Store(c1, to + (4 * TLanes.Count));
        TRows.Store(c2, to + (8 * TLanes.Count));
        TRows.Store(c3, to + (12 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Scale(int group, TRows scale) => TRows.Store(scale, _scales + (group * TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Min(int group, TRows min) => TRows.Store(min, _mins + (group * TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void SubScales(int group, TRows first, TRows second, TRows mins)
    {
        int* to = _subScales + (group * WeightPanel.SubScaleRegisters * TLanes.Count);
        TRows.Store(first, to);
        TRows.Store(second, to + TLanes.Count);
        TRows.Store(mins, to + (2 * TLanes.Count));
    }
}
