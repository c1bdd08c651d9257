using System.Runtime.CompilerServices;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Expand;

/// <summary>Expands rows of super-blocks of 256: the same block of four rows into scratch on the stack, and from there into the panel.</summary>
internal static unsafe class SuperBlockPanel<TFormat, TBytes, TLanes>
    where TFormat : struct, ISuperBlocks
    where TBytes : struct, IBytes32<TBytes>
    where TLanes : struct, ILanes
{
    private const int Length = 256, Groups = Length / RowLayout.GroupLength;

    /// <summary>See <see cref="PanelExpander.Fill"/>.</summary>
    public static void Fill(byte* rows, long rowBytes, int count, WeightPanel panel)
    {
        Scratch scratch;
        Unsafe.SkipInit(out scratch);
        for (int first = 0; first < count; first += 4)
        {
            FillFour(
                new FourRows(rows, rowBytes, first, count), panel.Columns / Length, &scratch,
                panel.Quants + (4 * first), panel.Scales + first, panel.Mins + first);
        }
    }

    private static void FillFour(FourRows rows, int blocks, Scratch* scratch, byte* quants, float* scales, float* mins)
    {
        byte* a = rows.A, b = rows.B, c = rows.C, d = rows.D, q = scratch->Quants;
        float* s = scratch->Scales, m = scratch->Mins;
        for (int block = 0; block < blocks; block++)
        {
            TFormat.Expand<TBytes>(a, q, s, m);
            TFormat.Expand<TBytes>(b, q + Length, s + Groups, m + Groups);
            TFormat.Expand<TBytes>(c, q + (2 * Length), s + (2 * Groups), m + (2 * Groups));
            TFormat.Expand<TBytes>(d, q + (3 * Length), s + (3 * Groups), m + (3 * Groups));
            for (int i = 0; i < Length; i += 32)
            {
                TBytes.StoreTransposed<TLanes>(
                    TBytes.Load(q + i), TBytes.Load(q + Length + i), TBytes.Load(q + (2 * Length) + i), TBytes.Load(q + (3 * Length) + i),
                    quants + (i * TLanes.Count));
            }

            PanelTranspose<TLanes>.Store(s, Groups, Groups, scales);
            if (TFormat.Range != QuantRange.Signed) PanelTranspose<TLanes>.Store(m, Groups, Groups, mins);
            quants += Length * TLanes.Count;
            scales += Groups * TLanes.Count;
            mins += Groups * TLanes.Count;
            a += TFormat.BlockBytes;
            b += TFormat.BlockBytes;
            c += TFormat.BlockBytes;
            d += TFormat.BlockBytes;
        }
    }

    private struct Scratch
    {
        public fixed byte Quants[4 * Length];
        public fixed float Scales[4 * Groups];
        public fixed float Mins[4 * Groups];
    }
}
