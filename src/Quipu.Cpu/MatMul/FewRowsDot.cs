using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// Multiplies weight rows with some rows of activations, as several chats or a short prompt have them: each block is expanded once, in registers, and
/// multiplied with all of them; a panel would be written and read again for too few. The same bits as
/// <see cref="QuantizedTile{TDot, TQuants, TInteger, TSum}"/>.
/// </summary>
internal static unsafe class FewRowsDot<TFormat, TRows, TDot, TQuants, TInteger, TSum>
    where TFormat : struct, IExpandable
    where TRows : struct, IRowLanes<TRows>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : unmanaged
    where TSum : struct
{
    /// <summary>See <see cref="PanelExpander.MultiplyFew"/>.</summary>
    public static void Multiply(byte* first, long stride, byte* next, RowProduct* product)
    {
        for (int row = 0; row < product->Rows; row++) TDot.Store(TDot.Zero, product->Sums + (row * TRows.Count));
        // Signed quants need their magnitudes too, and a super-block is too large for the registers. Two methods, as the compiler stops inlining where a
        // method has too much to inline, and counts what it does not need.
        if (TFormat.BlockLength == ActivationRows.GroupLength && TFormat.Range != QuantRange.Signed) MultiplyHeld(first, stride, next, product);
        else MultiplyWaiting(first, stride, next, product);
    }

    // A block stays in registers while the activations pass by.
    private static void MultiplyHeld(byte* first, long stride, byte* next, RowProduct* product)
    {
        const int Four = ActivationRows.Four;
        var rows = new RowPointers(first, stride);
        QuantizedRow fours = product->Activations;
        sbyte* firstX = fours.Quants;
        float* firstScale = fours.Scales, firstRowSum = fours.Sums, firstSum = product->Sums, endSum = firstSum + (product->Rows * TRows.Count);
        long fourQuants = (long)Four * product->Columns, fourGroups = fourQuants / ActivationRows.GroupLength;
        sbyte* end = firstX + fourQuants;
        for (; firstX < end; rows.Advance(TFormat.BlockBytes), firstX += Four * TFormat.BlockLength, firstScale += Four, firstRowSum += Four)
        {
            BlockDot<TFormat, TRows, TDot, TQuants, TInteger, TSum>.Prefetch(next);
            var block = new HeldBlock<TRows>();
            TFormat.Expand<TRows, HeldBlock<TRows>>(rows, ref block);
            TQuants q0 = Unsafe.BitCast<TRows, TQuants>(block.Q0), q1 = Unsafe.BitCast<TRows, TQuants>(block.Q1);
            TQuants q2 = Unsafe.BitCast<TRows, TQuants>(block.Q2), q3 = Unsafe.BitCast<TRows, TQuants>(block.Q3);
            TQuants q4 = Unsafe.BitCast<TRows, TQuants>(block.Q4), q5 = Unsafe.BitCast<TRows, TQuants>(block.Q5);
            TQuants q6 = Unsafe.BitCast<TRows, TQuants>(block.Q6), q7 = Unsafe.BitCast<TRows, TQuants>(block.Q7);
            TSum scale = Unsafe.BitCast<TRows, TSum>(block.GroupScale), min = Unsafe.BitCast<TRows, TSum>(block.GroupMin);
            next += TFormat.BlockBytes * TRows.Count;
            sbyte* x = firstX;
            float* s = firstScale, sums = firstRowSum;
            for (float* sum = firstSum; sum < endSum; sum += Four * TRows.Count, x += fourQuants, s += fourGroups, sums += fourGroups)
            {
                AddRow(q0, q1, q2, q3, q4, q5, q6, q7, scale, min, x, s, sums, 0, sum);
                AddRow(q0, q1, q2, q3, q4, q5, q6, q7, scale, min, x, s, sums, 1, sum + TRows.Count);
                AddRow(q0, q1, q2, q3, q4, q5, q6, q7, scale, min, x, s, sums, 2, sum + (2 * TRows.Count));
                AddRow(q0, q1, q2, q3, q4, q5, q6, q7, scale, min, x, s, sums, 3, sum + (3 * TRows.Count));
            }
        }
    }

    // Of a block, 16 columns at a time are multiplied with all activations, and the products wait for its scales.
    private static void MultiplyWaiting(byte* first, long stride, byte* next, RowProduct* product)
    {
        var rows = new RowPointers(first, stride);
        QuantizedRow fours = product->Activations;
        long fourQuants = (long)ActivationRows.Four * product->Columns;
        sbyte* end = fours.Quants + fourQuants;
        for (; fours.Quants < end; rows.Advance(TFormat.BlockBytes), next += TFormat.BlockBytes * TRows.Count, fours.Advance(TFormat.BlockLength))
        {
            var sink = new WaitingBlock<TFormat, TRows, TDot, TQuants, TInteger, TSum>(product->Scratch, fours.Quants, fourQuants, product->Rows, next);
            TFormat.Expand<TRows, WaitingBlock<TFormat, TRows, TDot, TQuants, TInteger, TSum>>(rows, ref sink);
            sink.AddTo(product->Sums, fours, fourQuants / ActivationRows.GroupLength);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(
        TQuants q0, TQuants q1, TQuants q2, TQuants q3, TQuants q4, TQuants q5, TQuants q6, TQuants q7, TSum scale, TSum min,
        sbyte* x, float* s, float* sums, int row, float* to)
    {
        const int Stride = 4 * ActivationRows.Four;
        TInteger products = TDot.Add(TDot.Sixteen(q0, q1, q2, q3, x, 4 * row, Stride, null), TDot.Sixteen(q4, q5, q6, q7, x, (4 * Stride) + (4 * row), Stride, null));
        TDot.Store(GroupSum<TDot, TQuants, TInteger, TSum>.Add(products, scale, min, null, s, sums, null, row, TDot.LoadLanes(to)), to);
    }
}
