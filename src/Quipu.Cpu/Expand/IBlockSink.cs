using System.Runtime.CompilerServices;

namespace Quipu.Cpu.Expand;

/// <summary>Takes what a block of several rows expands to, in any order.</summary>
internal interface IBlockSink<TRows> where TRows : struct, IRowLanes<TRows>
{
    /// <summary>16 columns of the block, four to a register.</summary>
    void Quants(int column, TRows c0, TRows c1, TRows c2, TRows c3);

    /// <summary>The scale of a group, an F32 for each row.</summary>
    void Scale(int group, TRows scale);

    /// <summary>The minimum of a group, an F32 for each row.</summary>
    void Min(int group, TRows min);
}

/// <summary>What several formats do with a sink.</summary>
internal static class BlockSinks
{
    /// <summary>The low nibbles are 16 columns, the high ones another 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Nibbles<TSink, TRows>(this ref TSink sink, int column, int highColumn, TRows c0, TRows c1, TRows c2, TRows c3)
        where TSink : struct, IBlockSink<TRows>
        where TRows : struct, IRowLanes<TRows>
    {
        TRows low = TRows.Broadcast(15);
        sink.Quants(column, c0 & low, c1 & low, c2 & low, c3 & low);
        sink.Quants(
            highColumn, TRows.ShiftRight(c0, 4) & low, TRows.ShiftRight(c1, 4) & low, TRows.ShiftRight(c2, 4) & low, TRows.ShiftRight(c3, 4) & low);
    }
}
