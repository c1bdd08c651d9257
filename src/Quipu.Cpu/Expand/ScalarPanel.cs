namespace Quipu.Cpu.Expand;

/// <summary>Expands rows element by element: the reference, and the way of processors without vectors.</summary>
internal static unsafe class ScalarPanel<TFormat, TLanes>
    where TFormat : struct, IExpandable
    where TLanes : struct, ILanes
{
    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte** rows, long offset, WeightPanel panel)
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            for (int column = 0; column < panel.Columns; column++)
            {
                byte* block = rows[lane] + offset + ((long)(column / TFormat.BlockLength) * TFormat.BlockBytes);
                panel.Quants[(((column / 4 * TLanes.Count) + lane) * 4) + (column % 4)] = (byte)TFormat.Quant(block, column % TFormat.BlockLength);
                if (column % panel.GroupLength != 0) continue;
                int at = (column / panel.GroupLength * TLanes.Count) + lane, group = column % TFormat.BlockLength / panel.GroupLength;
                panel.Scales[at] = TFormat.Scale(block, group);
                if (QuantRanges.HasMins(TFormat.Range)) panel.Mins[at] = TFormat.Minimum(block, group);
            }
        }
    }
}
