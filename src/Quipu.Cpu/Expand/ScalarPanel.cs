using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.Expand;

/// <summary>Expands rows element by element: the reference, and the way of processors without vectors.</summary>
internal static unsafe class ScalarPanel<TFormat, TLanes>
    where TFormat : struct, IExpandable
    where TLanes : struct, ILanes
{
    private const int GroupLength = WeightPanel.GroupLength;

    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte* first, long stride, WeightPanel panel)
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            for (int column = 0; column < panel.Columns; column++)
            {
                byte* block = first + (lane * stride) + ((long)(column / TFormat.BlockLength) * TFormat.BlockBytes);
                panel.Quants[(((column / 4 * TLanes.Count) + lane) * 4) + (column % 4)] = (byte)TFormat.Quant(block, column % TFormat.BlockLength);
                if (column % GroupLength == 0) FillGroup(block, column % TFormat.BlockLength / GroupLength, panel, column / GroupLength, lane);
            }
        }
    }

    private static void FillGroup(byte* block, int group, WeightPanel panel, int to, int lane)
    {
        panel.Scales[(to * TLanes.Count) + lane] = TFormat.Scale(block, group);
        if (QuantRanges.HasMins(TFormat.Range)) panel.Mins[(to * TLanes.Count) + lane] = TFormat.Minimum(block, group);
        if (!QuantRanges.HasSubScales(TFormat.Range)) return;
        int* subScales = panel.SubScales + (to * WeightPanel.SubScaleRegisters * TLanes.Count) + lane;
        int first = 2 * group, second = first + 1;
        subScales[0] = Int16Pair.Of(TFormat.SubScale(block, first), TFormat.SubScale(block, first));
        subScales[TLanes.Count] = Int16Pair.Of(TFormat.SubScale(block, second), TFormat.SubScale(block, second));
        subScales[2 * TLanes.Count] = Int16Pair.Of(TFormat.SubMinimum(block, first), TFormat.SubMinimum(block, second));
    }
}
