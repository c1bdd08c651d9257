using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand;

/// <summary>Where one block of some rows goes in a panel.</summary>
internal readonly unsafe struct PanelLanes<TRows, TLanes>(byte* quants, float* scales, float* mins) : IBlockSink<TRows>
    where TRows : struct, IRowLanes<TRows>
    where TLanes : struct, ILanes
{
    private readonly byte* _quants = quants;
    private readonly float* _scales = scales, _mins = mins;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3)
    {
        byte* to = _quants + (column * TLanes.Count);
        TRows.Store(c0, to);
        TRows.Store(c1, to + (4 * TLanes.Count));
        TRows.Store(c2, to + (8 * TLanes.Count));
        TRows.Store(c3, to + (12 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(int group, TRows scale) => TRows.Store(scale, _scales + (group * TLanes.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Min(int group, TRows min) => TRows.Store(min, _mins + (group * TLanes.Count));
}
