using System.Runtime.Intrinsics;

namespace Quipu.Cpu.MatMul;

/// <summary>Four columns of the lanes where they lie.</summary>
internal readonly unsafe struct QuantPointer(byte* quants)
{
    /// <summary>[lanes, 4].</summary>
    public readonly byte* Quants = quants;
}

/// <summary>Plain C#: the reference of the other instruction sets. The kind of weights is the parameter.</summary>
internal readonly unsafe struct ScalarDot<TProducts> : IQuantizedDot<QuantPointer, Vector128<float>>
    where TProducts : struct, IQuantProducts<QuantPointer, Vector128<float>>
{
    public static int Lanes => 4;

    public static bool HasMins => TProducts.HasMins;

    public static Vector128<float> Zero => default;

    public static QuantPointer Load(byte* quants) => new(quants);

    public static Vector128<float> LoadLanes(float* source) => Vector128.Create(source[0], source[1], source[2], source[3]);

    public static void Store(Vector128<float> sum, float* destination) => sum.Store(destination);

    public static Vector128<float> Products(QuantPointer w0, QuantPointer w1, QuantPointer w2, QuantPointer w3, sbyte* activations) =>
        TProducts.Products(w0, w1, w2, w3, activations);

    public static Vector128<float> Scale(Vector128<float> a, float* factor) => a * *factor;

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> sum) => sum + (a * b);

    public static Vector128<float> MultiplyAdd(Vector128<float> a, float* factor, Vector128<float> sum) => sum + (a * *factor);
}

/// <summary>Unsigned weights in plain C#.</summary>
internal readonly unsafe struct ScalarUnsigned : IQuantProducts<QuantPointer, Vector128<float>>
{
    public static bool HasMins => true;

    public static Vector128<float> Products(QuantPointer w0, QuantPointer w1, QuantPointer w2, QuantPointer w3, sbyte* activations) => Vector128.Create(
        Sixteen(w0, w1, w2, w3, 0, activations), Sixteen(w0, w1, w2, w3, 4, activations),
        Sixteen(w0, w1, w2, w3, 8, activations), Sixteen(w0, w1, w2, w3, 12, activations));

    private static float Sixteen(QuantPointer w0, QuantPointer w1, QuantPointer w2, QuantPointer w3, int offset, sbyte* x) =>
        Four(w0.Quants + offset, x) + Four(w1.Quants + offset, x + 4) + Four(w2.Quants + offset, x + 8) + Four(w3.Quants + offset, x + 12);

    private static int Four(byte* w, sbyte* x) => (w[0] * x[0]) + (w[1] * x[1]) + (w[2] * x[2]) + (w[3] * x[3]);
}

/// <summary>Signed weights in plain C#.</summary>
internal readonly unsafe struct ScalarSigned : IQuantProducts<QuantPointer, Vector128<float>>
{
    public static bool HasMins => false;

    public static Vector128<float> Products(QuantPointer w0, QuantPointer w1, QuantPointer w2, QuantPointer w3, sbyte* activations) => Vector128.Create(
        Sixteen(w0, w1, w2, w3, 0, activations), Sixteen(w0, w1, w2, w3, 4, activations),
        Sixteen(w0, w1, w2, w3, 8, activations), Sixteen(w0, w1, w2, w3, 12, activations));

    private static float Sixteen(QuantPointer w0, QuantPointer w1, QuantPointer w2, QuantPointer w3, int offset, sbyte* x) =>
        Four((sbyte*)w0.Quants + offset, x) + Four((sbyte*)w1.Quants + offset, x + 4)
        + Four((sbyte*)w2.Quants + offset, x + 8) + Four((sbyte*)w3.Quants + offset, x + 12);

    private static int Four(sbyte* w, sbyte* x) => (w[0] * x[0]) + (w[1] * x[1]) + (w[2] * x[2]) + (w[3] * x[3]);
}
