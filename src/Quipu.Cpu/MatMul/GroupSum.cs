using System.Runtime.CompilerServices;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>How a group's integer products become a term of an element's sum: in one place, so that prompts and tokens get the same bits.</summary>
internal static unsafe class GroupSum<TDot, TQuants, TInteger, TSum>
    where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
    where TQuants : struct
    where TInteger : struct
    where TSum : struct
{
    /// <summary>Adds a group of 32 columns to the sums of all lanes.</summary>
    /// <param name="products">The group's products, already times their sub-scales.</param>
    /// <param name="scale">The lanes' scales.</param>
    /// <param name="min">The lanes' minimums; not looked at where the kind has none.</param>
    /// <param name="subMins">The factors of the minimums; not read where the kind has none.</param>
    /// <param name="s">The scales of the activations.</param>
    /// <param name="sums">Their sums; not read where the kind has no minimums, or sub-scales.</param>
    /// <param name="halfSums">The sums of their halves; only read where the kind has sub-scales.</param>
    /// <param name="index">Where the group's are in these three: the row among four, or the group of a super-block.</param>
    /// <param name="sum">The sums so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TSum Add(TInteger products, TSum scale, TSum min, int* subMins, float* s, float* sums, int* halfSums, int index, TSum sum)
    {
        if (QuantRanges.HasSubScales(TDot.Range))
        {
            TSum mins = TDot.ToSingle(TDot.SubMins(subMins, halfSums + index));
            return TDot.MultiplyAdd(TDot.MultiplyAdd(mins, min, TDot.Multiply(TDot.ToSingle(products), scale)), s + index, sum);
        }

        sum = TDot.MultiplyAdd(TDot.ToSingle(products), TDot.Scale(scale, s + index), sum);
        return QuantRanges.HasMins(TDot.Range) ? TDot.MultiplyAdd(min, sums + index, sum) : sum;
    }
}
