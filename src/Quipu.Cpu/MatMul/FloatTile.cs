using System.Runtime.CompilerServices;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.MatMul;

/// <summary>A tile of F32 weight rows times all activation rows, in memory that the caller holds.</summary>
internal unsafe struct FloatProduct
{
    /// <summary>[WeightRows, WeightStride].</summary>
    public float* Weights;

    /// <summary>Floats from a weight row to the next.</summary>
    public long WeightStride;

    /// <summary>Rows of weights, at least 1.</summary>
    public int WeightRows;

    /// <summary>[Rows, InputStride].</summary>
    public float* Input;

    /// <summary>Floats from an activation row to the next.</summary>
    public int InputStride;

    /// <summary>Activation rows.</summary>
    public int Rows;

    /// <summary>Elements of a row; any number.</summary>
    public int Columns;

    /// <summary>[Rows, OutputStride]: element (i, j) is the product of activation row i and weight row j.</summary>
    public float* Output;

    /// <summary>Floats from an activation row's outputs to the next's.</summary>
    public int OutputStride;
}

/// <summary>
/// F32 products, four weight rows with one or two activation rows at a time; each element is summed in the same order whatever the number of rows.
/// </summary>
internal static unsafe class FloatTile<TLane> where TLane : struct, ILane<TLane>
{
    /// <summary>Computes the product.</summary>
    public static void Multiply(FloatProduct* product)
    {
        int row = 0;
        for (; row + 2 <= product->Rows; row += 2)
        {
            for (int weight = 0; weight < product->WeightRows; weight += 4) MultiplyTwo(product, weight, row);
        }

        if (row == product->Rows) return;
        for (int weight = 0; weight < product->WeightRows; weight += 4) MultiplyOne(product, weight, row);
    }

    /// <summary>Converts F16 to F32.</summary>
    public static void ConvertHalf(ushort* source, int count, float* destination)
    {
        int i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count) TLane.Store(TLane.LoadHalf(source + i), destination + i);
        for (; i < count; i++) Lane1.Store(Lane1.LoadHalf(source + i), destination + i);
    }

    /// <summary>Converts BF16 to F32.</summary>
    public static void ConvertBFloat(ushort* source, int count, float* destination)
    {
        int i = 0;
        for (; i <= count - TLane.Count; i += TLane.Count) TLane.Store(TLane.LoadBFloat(source + i), destination + i);
        for (; i < count; i++) Lane1.Store(Lane1.LoadBFloat(source + i), destination + i);
    }

    private static void MultiplyOne(FloatProduct* product, int weight, int row)
    {
        int last = product->WeightRows - 1, columns = product->Columns, i = 0;
        // A group of fewer than four repeats its last row and drops the repeated results.
        float* w0 = product->Weights + (weight * product->WeightStride);
        float* w1 = product->Weights + (Math.Min(weight + 1, last) * product->WeightStride);
        float* w2 = product->Weights + (Math.Min(weight + 2, last) * product->WeightStride);
        float* w3 = product->Weights + (Math.Min(weight + 3, last) * product->WeightStride);
        float* x = product->Input + ((long)row * product->InputStride);
        TLane a0 = TLane.Zero, a1 = TLane.Zero, a2 = TLane.Zero, a3 = TLane.Zero;
        for (; i <= columns - TLane.Count; i += TLane.Count)
        {
            TLane value = TLane.Load(x + i);
            a0 = TLane.MultiplyAdd(TLane.Load(w0 + i), value, a0);
            a1 = TLane.MultiplyAdd(TLane.Load(w1 + i), value, a1);
            a2 = TLane.MultiplyAdd(TLane.Load(w2 + i), value, a2);
            a3 = TLane.MultiplyAdd(TLane.Load(w3 + i), value, a3);
        }

        Store(product, weight, row, 0, TLane.Sum(a0) + Rest(w0, x, i, columns));
        Store(product, weight, row, 1, TLane.Sum(a1) + Rest(w1, x, i, columns));
        Store(product, weight, row, 2, TLane.Sum(a2) + Rest(w2, x, i, columns));
        Store(product, weight, row, 3, TLane.Sum(a3) + Rest(w3, x, i, columns));
    }

    private static void MultiplyTwo(FloatProduct* product, int weight, int row)
    {
        int last = product->WeightRows - 1, columns = product->Columns, i = 0;
        float* w0 = product->Weights + (weight * product->WeightStride);
        float* w1 = product->Weights + (Math.Min(weight + 1, last) * product->WeightStride);
        float* w2 = product->Weights + (Math.Min(weight + 2, last) * product->WeightStride);
        float* w3 = product->Weights + (Math.Min(weight + 3, last) * product->WeightStride);
        float* x0 = product->Input + ((long)row * product->InputStride), x1 = x0 + product->InputStride;
        TLane a00 = TLane.Zero, a10 = TLane.Zero, a20 = TLane.Zero, a30 = TLane.Zero;
        TLane a01 = TLane.Zero, a11 = TLane.Zero, a21 = TLane.Zero, a31 = TLane.Zero;
        for (; i <= columns - TLane.Count; i += TLane.Count)
        {
            TLane v0 = TLane.Load(x0 + i), v1 = TLane.Load(x1 + i);
            TLane w = TLane.Load(w0 + i);
            a00 = TLane.MultiplyAdd(w, v0, a00);
            a01 = TLane.MultiplyAdd(w, v1, a01);
            w = TLane.Load(w1 + i);
            a10 = TLane.MultiplyAdd(w, v0, a10);
            a11 = TLane.MultiplyAdd(w, v1, a11);
            w = TLane.Load(w2 + i);
            a20 = TLane.MultiplyAdd(w, v0, a20);
            a21 = TLane.MultiplyAdd(w, v1, a21);
            w = TLane.Load(w3 + i);
            a30 = TLane.MultiplyAdd(w, v0, a30);
            a31 = TLane.MultiplyAdd(w, v1, a31);
        }

        Store(product, weight, row, 0, TLane.Sum(a00) + Rest(w0, x0, i, columns));
        Store(product, weight, row, 1, TLane.Sum(a10) + Rest(w1, x0, i, columns));
        Store(product, weight, row, 2, TLane.Sum(a20) + Rest(w2, x0, i, columns));
        Store(product, weight, row, 3, TLane.Sum(a30) + Rest(w3, x0, i, columns));
        Store(product, weight, row + 1, 0, TLane.Sum(a01) + Rest(w0, x1, i, columns));
        Store(product, weight, row + 1, 1, TLane.Sum(a11) + Rest(w1, x1, i, columns));
        Store(product, weight, row + 1, 2, TLane.Sum(a21) + Rest(w2, x1, i, columns));
        Store(product, weight, row + 1, 3, TLane.Sum(a31) + Rest(w3, x1, i, columns));
    }

    private static float Rest(float* weights, float* input, int from, int to)
    {
        float sum = 0;
        for (int i = from; i < to; i++) sum += weights[i] * input[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(FloatProduct* product, int weight, int row, int offset, float value)
    {
        if (weight + offset < product->WeightRows) product->Output[((long)row * product->OutputStride) + weight + offset] = value;
    }
}
