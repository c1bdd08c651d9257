using System.Runtime.Intrinsics;
using Quipu.Cpu.Expand;
using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.MatMul;

/// <summary>Four columns of the lanes where they lie.</summary>
internal readonly unsafe struct QuantPointer(byte* quants)
{
    /// <summary>[lanes, 4].</summary>
    public readonly byte* Quants = quants;
}

/// <summary>Plain C#: the reference of the other instruction sets. The kind of weights is the parameter.</summary>
internal readonly unsafe struct ScalarDot<TKind> : IQuantizedDot<QuantPointer, Vector128<int>, Vector128<float>>
    where TKind : struct, IWeightKind
{
    public static int Lanes => 4;

    public static QuantRange Range => TKind.Range;

    public static Vector128<float> Zero => default;

    public static QuantPointer Load(byte* quants) => new(quants);

    public static Vector128<float> LoadLanes(float* source) => Vector128.Create(source[0], source[1], source[2], source[3]);

    public static void Store(Vector128<float> sum, float* destination) => sum.Store(destination);

    public static Vector128<int> Sixteen(
        QuantPointer w0, QuantPointer w1, QuantPointer w2, QuantPointer w3, sbyte* activations, int offset, int stride, int* subScales)
    {
        Vector128<int> sum = Four(w0, activations + offset) + Four(w1, activations + (offset + stride));
        sum += Four(w2, activations + (offset + (2 * stride))) + Four(w3, activations + (offset + (3 * stride)));
        if (!QuantRanges.HasSubScales(TKind.Range)) return sum;
        return sum * Vector128.Create(
            Int16Pair.Lower(subScales[0]), Int16Pair.Lower(subScales[1]), Int16Pair.Lower(subScales[2]), Int16Pair.Lower(subScales[3]));
    }

    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    public static Vector128<int> SubMins(int* subScales, int* halfSums)
    {
        int lower = Int16Pair.Lower(*halfSums), upper = Int16Pair.Upper(*halfSums);
        return Vector128.Create(Of(subScales[0]), Of(subScales[1]), Of(subScales[2]), Of(subScales[3]));

        int Of(int factors) => (Int16Pair.Lower(factors) * lower) + (Int16Pair.Upper(factors) * upper);
    }

    public static Vector128<float> ToSingle(Vector128<int> sum) => Vector128.Create((float)sum[0], sum[1], sum[2], sum[3]);

    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    public static Vector128<float> Scale(Vector128<float> a, float* factor) => a * *factor;

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> sum) => sum + (a * b);

    public static Vector128<float> MultiplyAdd(Vector128<float> a, float* factor, Vector128<float> sum) => sum + (a * *factor);

    private static Vector128<int> Four(QuantPointer w, sbyte* x) =>
        Vector128.Create(Lane(w.Quants, x), Lane(w.Quants + 4, x), Lane(w.Quants + 8, x), Lane(w.Quants + 12, x));

    private static int Lane(byte* w, sbyte* x)
    {
        int sum = 0;
        for (int i = 0; i < 4; i++) sum += (TKind.Range == QuantRange.Signed ? (sbyte)w[i] : w[i]) * x[i];
        return sum;
    }
}
