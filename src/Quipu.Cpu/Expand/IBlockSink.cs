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

    /// <summary>Two int16 for each row: the factor of a group's scale in its first 16 columns, twice; in the others, twice; both factors of the minimum.</summary>
    void SubScales(int group, TRows first, TRows second, TRows mins);
}

/// <summary>What several formats do with a sink.</summary>
internal static class BlockSinks
{
    /// <summary>All groups of a super-block have one scale and one minimum, and sub-scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scales<TSink, TRows>(this ref TSink sink, TRows scale, TRows min)
        where TSink : struct, IBlockSink<TRows>
        where TRows : struct, IRowLanes<TRows>
    {
        for (int group = 0; group < 8; group++)
        {
            sink.Scale(group, scale);
            sink.Min(group, min);
        }
    }

    /// <summary>Four int8 of each row: the sub-scales of two groups, and four more: the factors of their minimums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubScales<TSink, TRows>(this ref TSink sink, int group, TRows scales, TRows mins)
        where TSink : struct, IBlockSink<TRows>
        where TRows : struct, IRowLanes<TRows>
    {
        sink.SubScales(group, TRows.Pair(scales, 0, 0), TRows.Pair(scales, 1, 1), TRows.Pair(mins, 0, 1));
        sink.SubScales(group + 1, TRows.Pair(scales, 2, 2), TRows.Pair(scales, 3, 3), TRows.Pair(mins, 2, 3));
    }

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
