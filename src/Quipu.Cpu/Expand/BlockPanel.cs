namespace Quipu.Cpu.Expand;

/// <summary>Expands rows block by block, from the file straight into the panel, as many at once as a register holds.</summary>
internal static unsafe class BlockPanel<TFormat, TRows, TLanes>
    where TFormat : struct, IExpandable
    where TRows : struct, IRowLanes<TRows>
    where TLanes : struct, ILanes
{
    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte** rows, long offset, WeightPanel panel)
    {
        for (int lane = 0; lane < TLanes.Count; lane += TRows.Count)
            FillRows(rows + lane, offset, panel.Columns / TFormat.BlockLength, panel.Quants + (4 * lane), panel.Scales + lane, panel.Mins + lane);
    }

    private static void FillRows(byte** rows, long offset, int blocks, byte* quants, float* scales, float* mins)
    {
        int groupsPerBlock = TFormat.BlockLength / QuantRanges.GroupLength(TFormat.Range);
        for (int block = 0; block < blocks; block++)
        {
            var panel = new PanelLanes<TRows, TLanes>(quants, scales, mins);
            TFormat.Expand<TRows, PanelLanes<TRows, TLanes>>(rows, offset, ref panel);
            offset += TFormat.BlockBytes;
            quants += TFormat.BlockLength * TLanes.Count;
            scales += groupsPerBlock * TLanes.Count;
            mins += groupsPerBlock * TLanes.Count;
        }
    }
}
