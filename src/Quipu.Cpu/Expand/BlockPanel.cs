using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Memory;

namespace Quipu.Cpu.Expand;

/// <summary>Expands rows block by block, from the file straight into the panel, as many at once as a register holds.</summary>
internal static unsafe class BlockPanel<TFormat, TRows, TLanes>
    where TFormat : struct, IExpandable
    where TRows : struct, IRowLanes<TRows>
    where TLanes : struct, ILanes
{
    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte** rows, long offset, long ahead, WeightPanel panel)
    {
        for (int lane = 0; lane < TLanes.Count; lane += TRows.Count)
            FillRows(rows + lane, offset, ahead, panel.Columns / TFormat.BlockLength, new(panel, lane));
    }

    private static void FillRows(byte** rows, long offset, long ahead, int blocks, PanelLanes<TRows, TLanes> lanes)
    {
        for (int block = 0; block < blocks; block++)
        {
            if (offset % AlignedMemory.Alignment < TFormat.BlockBytes) PrefetchBlock(rows, offset + ahead);
            TFormat.Expand<TRows, PanelLanes<TRows, TLanes>>(rows, offset, ref lanes);
            offset += TFormat.BlockBytes;
            lanes.Advance(TFormat.BlockLength);
        }
    }

    // Of the next panel: few rows of activations pass so fast that the processor would wait for weights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchBlock(byte** rows, long offset)
    {
        if (!Sse.IsSupported) return;
        for (int line = 0; line < TFormat.BlockBytes; line += AlignedMemory.Alignment)
        {
            for (int row = 0; row < TRows.Count; row++) Sse.Prefetch1(rows[row] + offset + line);
        }
    }
}
