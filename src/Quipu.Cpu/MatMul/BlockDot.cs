using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>Some whole weight rows times one row of activations, or a few.</summary>
internal unsafe struct RowProduct
{
    /// <summary>The activations: one row as it is, or the first of several in fours.</summary>
    public QuantizedRow Activations;

    /// <summary>Rows of activations: 1, or those of all fours.</summary>
    public int Rows;

    /// <summary>Elements of a row.</summary>
    public int Columns;

    /// <summary>[Rows, lanes]: the products.</summary>
    public float* Sums;

    /// <summary><see cref="ScratchBytes"/>, aligned to a cache line.</summary>
    public byte* Scratch;

    /// <summary>What a super-block's sums of 16 products and scales need, with up to eight lanes.</summary>
    /// <param name="rows">Rows of activations.</param>
    public static int ScratchBytes(int rows) => (16 * rows * Lanes8.Count * sizeof(float)) + BlockScales<EightRows>.Bytes;
}

/// <summary>
/// Multiplies weight rows with one row of activations while they are expanded, block by block in registers. The same bits as
/// <see cref="QuantizedTile{TDot, TQuants, TInteger, TSum}"/>.
/// </summary>
internal static unsafe class BlockDot<TFormat, TRows, TDot, TQuants, TInteger, TSum>
    where TFormat : struct, IExpandable
    where TRows : struct, IRowLanes<TRows>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : unmanaged
    where TSum : struct
{
    /// <summary>See <see cref="PanelExpander.Multiply"/>.</summary>
    public static void Multiply(byte* first, long stride, byte* next, RowProduct* product)
    {
        var rows = new RowPointers(first, stride);
        QuantizedRow row = product->Activations;
        sbyte* x = row.Quants, end = x + product->Columns;
        float* s = row.Scales, sums = row.Sums;
        int* halfSums = row.HalfSums;
        TSum sum = TDot.Zero;
        for (; x < end; rows.Advance(TFormat.BlockBytes))
        {
            if (TFormat.BlockLength == ActivationRows.GroupLength)
            {
                if (next != null) Prefetch(next);
                var sink = new SmallBlockSink<TRows, TDot, TQuants, TInteger, TSum>(x);
                TFormat.Expand<TRows, SmallBlockSink<TRows, TDot, TQuants, TInteger, TSum>>(rows, ref sink);
                sum = sink.AddTo(sum, s, sums);
            }
            else
            {
                // Streams are prefetched too: a super-block is not read in order, which hides them from the processor.
                byte* ahead = next != null ? next : rows.Row0 + (2 * TFormat.BlockBytes);
                long aheadStride = next != null ? TFormat.BlockBytes : stride;
                var sink = new SuperBlockSink<TRows, TDot, TQuants, TInteger, TSum>(product->Scratch, x, ahead, aheadStride, TFormat.BlockBytes);
                TFormat.Expand<TRows, SuperBlockSink<TRows, TDot, TQuants, TInteger, TSum>>(rows, ref sink);
                sum = sink.AddTo(sum, s, sums, halfSums);
            }

            if (next != null) next += TFormat.BlockBytes * TRows.Count;
            x += TFormat.BlockLength;
            s += TFormat.BlockLength / ActivationRows.GroupLength;
            sums += TFormat.BlockLength / ActivationRows.GroupLength;
            halfSums += TFormat.BlockLength / ActivationRows.GroupLength;
        }

        TDot.Store(sum, product->Sums);
    }

    /// <summary>
    /// Prefetches the rows that come next, as many bytes as a block of these has, while these are multiplied: the processor's own prefetch ends with each row.
    /// An address beyond the weights does no harm: a prefetch cannot fault.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Prefetch(byte* next)
    {
        if (!Sse.IsSupported) return;
        // The number of lines must be a constant here, or the compiler leaves a loop within the loop and spills its registers.
        for (int ahead = 0; ahead < TFormat.BlockBytes * TRows.Count; ahead += AlignedMemory.Alignment) Sse.Prefetch1(next + ahead);
    }
}
