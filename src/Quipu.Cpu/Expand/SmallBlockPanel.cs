using System.Runtime.Intrinsics;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Expand;

/// <summary>Expands rows of blocks of 32, the same block of four rows at a time, from the file straight into the panel.</summary>
internal static unsafe class SmallBlockPanel<TFormat, TBytes, TLanes>
    where TFormat : struct, ISmallBlocks
    where TBytes : struct, IBytes32<TBytes>
    where TLanes : struct, ILanes
{
    private const int GroupsPerBlock = 32 / RowLayout.GroupLength;

    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte* rows, long rowBytes, int count, WeightPanel panel)
    {
        for (int first = 0; first < count; first += 4)
            FillFour(new FourRows(rows, rowBytes, first, count), panel.Columns / 32, panel.Quants + (4 * first), panel.Scales + first, panel.Mins + first);
    }

    private static void FillFour(FourRows rows, int blocks, byte* quants, float* scales, float* mins)
    {
        byte* a = rows.A, b = rows.B, c = rows.C, d = rows.D;
        for (int block = 0; block < blocks; block++)
        {
            Vector128<int> heads = Vector128.Create(*(int*)a, *(int*)b, *(int*)c, *(int*)d);
            Vector128<float> scale = FourScales.First(heads);
            scale.Store(scales);
            scale.Store(scales + TLanes.Count);
            if (TFormat.Range != QuantRange.Signed)
            {
                Vector128<float> min = TFormat.Minimums(heads, scale);
                min.Store(mins);
                min.Store(mins + TLanes.Count);
                mins += GroupsPerBlock * TLanes.Count;
            }

            TBytes.StoreTransposed<TLanes>(
                TFormat.Quants<TBytes>(a), TFormat.Quants<TBytes>(b), TFormat.Quants<TBytes>(c), TFormat.Quants<TBytes>(d), quants);
            quants += 32 * TLanes.Count;
            scales += GroupsPerBlock * TLanes.Count;
            a += TFormat.BlockBytes;
            b += TFormat.BlockBytes;
            c += TFormat.BlockBytes;
            d += TFormat.BlockBytes;
        }
    }
}
