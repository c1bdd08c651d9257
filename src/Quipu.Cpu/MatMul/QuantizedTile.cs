using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.MatMul;

/// <summary>A tile of expanded weight rows times all activation rows, in memory that the caller holds.</summary>
internal unsafe struct TileProduct
{
    /// <summary>Quants of the weights, [WeightRows, Layout.Quants], padding zero.</summary>
    public byte* Weights;

    /// <summary>[WeightRows, Layout.Groups], padding zero.</summary>
    public float* WeightScales;

    /// <summary>[WeightRows, Layout.Groups], padding zero; not read unless <see cref="HasMins"/>.</summary>
    public float* WeightMins;

    /// <summary>Rows of weights, at least 1.</summary>
    public int WeightRows;

    /// <summary>Whether minimums are added.</summary>
    public bool HasMins;

    /// <summary>The activations; their layout is the weights' too.</summary>
    public ActivationRows Activations;

    /// <summary>[Activations.Rows, OutputStride]: element (i, j) is the product of activation row i and weight row j.</summary>
    public float* Output;

    /// <summary>Floats from an activation row's outputs to the next's.</summary>
    public int OutputStride;
}

/// <summary>
/// Products of a <see cref="TileProduct"/>, four weight rows with one or two activation rows at a time. Each element is summed in the same order
/// whatever the number of rows on either side, so that a prompt in one batch and token by token gives the same bits.
/// </summary>
internal static unsafe class QuantizedTile<TDot, TQuants, TScales, TSum>
    where TDot : struct, IQuantizedDot<TQuants, TScales, TSum>
    where TQuants : struct
    where TScales : struct
    where TSum : struct
{
    /// <summary>Computes the product.</summary>
    public static void Multiply(TileProduct* product)
    {
        ActivationRows activations = product->Activations;
        int row = 0;
        for (; row + 2 <= activations.Rows; row += 2)
        {
            for (int weight = 0; weight < product->WeightRows; weight += 4) MultiplyTwo(product, weight, row);
        }

        if (row == activations.Rows) return;
        for (int weight = 0; weight < product->WeightRows; weight += 4) MultiplyOne(product, weight, row);
    }

    private static void MultiplyOne(TileProduct* product, int weight, int row)
    {
        RowLayout layout = product->Activations.Layout;
        int quantStride = layout.Quants, groupStride = layout.Groups, last = product->WeightRows - 1;
        // A group of fewer than four repeats its last row and drops the repeated results.
        int i1 = Math.Min(weight + 1, last), i2 = Math.Min(weight + 2, last), i3 = Math.Min(weight + 3, last);
        byte* w0 = product->Weights + ((long)weight * quantStride), w1 = product->Weights + ((long)i1 * quantStride);
        byte* w2 = product->Weights + ((long)i2 * quantStride), w3 = product->Weights + ((long)i3 * quantStride);
        float* s0 = product->WeightScales + ((long)weight * groupStride), s1 = product->WeightScales + ((long)i1 * groupStride);
        float* s2 = product->WeightScales + ((long)i2 * groupStride), s3 = product->WeightScales + ((long)i3 * groupStride);
        sbyte* x = product->Activations.Quants + ((long)row * quantStride);
        float* xs = product->Activations.Scales + ((long)row * groupStride);
        TSum a0 = TDot.Zero, a1 = TDot.Zero, a2 = TDot.Zero, a3 = TDot.Zero;
        for (int i = 0, group = 0; i < quantStride; i += TDot.Step, group += TDot.Step / RowLayout.GroupLength)
        {
            TQuants q = TDot.Load((byte*)x + i);
            TScales scale = TDot.LoadScales(xs + group);
            a0 = TDot.MultiplyAdd(a0, TDot.Load(w0 + i), q, TDot.LoadScales(s0 + group), scale);
            a1 = TDot.MultiplyAdd(a1, TDot.Load(w1 + i), q, TDot.LoadScales(s1 + group), scale);
            a2 = TDot.MultiplyAdd(a2, TDot.Load(w2 + i), q, TDot.LoadScales(s2 + group), scale);
            a3 = TDot.MultiplyAdd(a3, TDot.Load(w3 + i), q, TDot.LoadScales(s3 + group), scale);
        }

        if (product->HasMins)
        {
            float* sums = product->Activations.Sums + ((long)row * groupStride);
            long toMins = product->WeightMins - product->WeightScales;
            for (int group = 0; group < groupStride; group += TDot.MinStep)
            {
                a0 = TDot.AddMins(a0, s0 + toMins + group, sums + group);
                a1 = TDot.AddMins(a1, s1 + toMins + group, sums + group);
                a2 = TDot.AddMins(a2, s2 + toMins + group, sums + group);
                a3 = TDot.AddMins(a3, s3 + toMins + group, sums + group);
            }
        }

        Store(product, weight, row, TDot.Sum(a0, a1, a2, a3));
    }

    private static void MultiplyTwo(TileProduct* product, int weight, int row)
    {
        RowLayout layout = product->Activations.Layout;
        int quantStride = layout.Quants, groupStride = layout.Groups, last = product->WeightRows - 1;
        int i1 = Math.Min(weight + 1, last), i2 = Math.Min(weight + 2, last), i3 = Math.Min(weight + 3, last);
        byte* w0 = product->Weights + ((long)weight * quantStride), w1 = product->Weights + ((long)i1 * quantStride);
        byte* w2 = product->Weights + ((long)i2 * quantStride), w3 = product->Weights + ((long)i3 * quantStride);
        float* s0 = product->WeightScales + ((long)weight * groupStride), s1 = product->WeightScales + ((long)i1 * groupStride);
        float* s2 = product->WeightScales + ((long)i2 * groupStride), s3 = product->WeightScales + ((long)i3 * groupStride);
        sbyte* x0 = product->Activations.Quants + ((long)row * quantStride), x1 = x0 + quantStride;
        float* xs0 = product->Activations.Scales + ((long)row * groupStride), xs1 = xs0 + groupStride;
        TSum a00 = TDot.Zero, a10 = TDot.Zero, a20 = TDot.Zero, a30 = TDot.Zero;
        TSum a01 = TDot.Zero, a11 = TDot.Zero, a21 = TDot.Zero, a31 = TDot.Zero;
        for (int i = 0, group = 0; i < quantStride; i += TDot.Step, group += TDot.Step / RowLayout.GroupLength)
        {
            TQuants q0 = TDot.Load((byte*)x0 + i), q1 = TDot.Load((byte*)x1 + i);
            TScales scale0 = TDot.LoadScales(xs0 + group), scale1 = TDot.LoadScales(xs1 + group);
            TQuants w = TDot.Load(w0 + i);
            TScales s = TDot.LoadScales(s0 + group);
            a00 = TDot.MultiplyAdd(a00, w, q0, s, scale0);
            a01 = TDot.MultiplyAdd(a01, w, q1, s, scale1);
            w = TDot.Load(w1 + i);
            s = TDot.LoadScales(s1 + group);
            a10 = TDot.MultiplyAdd(a10, w, q0, s, scale0);
            a11 = TDot.MultiplyAdd(a11, w, q1, s, scale1);
            w = TDot.Load(w2 + i);
            s = TDot.LoadScales(s2 + group);
            a20 = TDot.MultiplyAdd(a20, w, q0, s, scale0);
            a21 = TDot.MultiplyAdd(a21, w, q1, s, scale1);
            w = TDot.Load(w3 + i);
            s = TDot.LoadScales(s3 + group);
            a30 = TDot.MultiplyAdd(a30, w, q0, s, scale0);
            a31 = TDot.MultiplyAdd(a31, w, q1, s, scale1);
        }

        if (product->HasMins)
        {
            float* sums0 = product->Activations.Sums + ((long)row * groupStride), sums1 = sums0 + groupStride;
            long toMins = product->WeightMins - product->WeightScales;
            for (int group = 0; group < groupStride; group += TDot.MinStep)
            {
                a00 = TDot.AddMins(a00, s0 + toMins + group, sums0 + group);
                a01 = TDot.AddMins(a01, s0 + toMins + group, sums1 + group);
                a10 = TDot.AddMins(a10, s1 + toMins + group, sums0 + group);
                a11 = TDot.AddMins(a11, s1 + toMins + group, sums1 + group);
                a20 = TDot.AddMins(a20, s2 + toMins + group, sums0 + group);
                a21 = TDot.AddMins(a21, s2 + toMins + group, sums1 + group);
                a30 = TDot.AddMins(a30, s3 + toMins + group, sums0 + group);
                a31 = TDot.AddMins(a31, s3 + toMins + group, sums1 + group);
            }
        }

        Store(product, weight, row, TDot.Sum(a00, a10, a20, a30));
        Store(product, weight, row + 1, TDot.Sum(a01, a11, a21, a31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TileProduct* product, int weight, int row, Vector128<float> sums)
    {
        float* output = product->Output + ((long)row * product->OutputStride) + weight;
        int count = product->WeightRows - weight;
        if (count >= 4)
        {
            sums.Store(output);
            return;
        }

        for (int i = 0; i < count; i++) output[i] = sums.GetElement(i);
    }
}
