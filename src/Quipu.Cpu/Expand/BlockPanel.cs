namespace Quipu.Cpu.Expand;

/// <summary>Expands rows block by block, from the file straight into the panel, as many at once as a register holds.</summary>
internal static unsafe class BlockPanel<TFormat, TRows, TLanes>
    where TFormat : struct, IExpandable
    where TRows : struct, IRowLanes<TRows>
    where TLanes : struct, ILanes
{
    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte* first, long stride, WeightPanel panel)
    {
        for (int lane = 0; lane < TLanes.Count; lane += TRows.Count)
            FillRows(new(first + (lane * stride), stride), panel.Columns / TFormat.BlockLength, new(panel, lane));
    }

    private static void FillRows(RowPointers rows, int blocks, PanelLanes<TRows, TLanes> lanes)
    {
        for (int block = 0; block < blocks; block++)
        {
            TFormat.Expand<TRows, PanelLanes<TRows, TLanes>>(rows, ref lanes);
            rows.Advance(TFormat.BlockBytes);
            lanes.Advance(TFormat.BlockLength);
        }
    }
}
