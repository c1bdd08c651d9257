using System.Runtime.Intrinsics;

namespace Quipu.Cpu.MatMul;

/// <summary>The quants of one step where they lie.</summary>
internal readonly unsafe struct QuantPointer(byte* quants)
{
    /// <summary>The first.</summary>
    public readonly byte* Quants = quants;
}

/// <summary>Unsigned weights in plain C#: the reference of the other instruction sets.</summary>
internal readonly unsafe struct ScalarUnsignedDot : IQuantizedDot<QuantPointer, float, float>
{
    public static int Step => 16;

    public static int MinStep => 1;

    public static float Zero => 0;

    public static QuantPointer Load(byte* quants) => new(quants);

    public static float LoadScales(float* scales) => *scales;

    public static float MultiplyAdd(float sum, QuantPointer weights, QuantPointer activations, float weightScales, float activationScales)
    {
        int products = 0;
        for (int i = 0; i < Step; i++) products += weights.Quants[i] * (sbyte)activations.Quants[i];
        return sum + (weightScales * activationScales * products);
    }

    public static float AddMins(float sum, float* mins, float* sums) => sum + (*mins * *sums);

    public static Vector128<float> Sum(float a, float b, float c, float d) => Vector128.Create(a, b, c, d);
}

/// <summary>Signed weights in plain C#: the reference of the other instruction sets.</summary>
internal readonly unsafe struct ScalarSignedDot : IQuantizedDot<QuantPointer, float, float>
{
    public static int Step => 16;

    public static int MinStep => 1;

    public static float Zero => 0;

    public static QuantPointer Load(byte* quants) => new(quants);

    public static float LoadScales(float* scales) => *scales;

    public static float MultiplyAdd(float sum, QuantPointer weights, QuantPointer activations, float weightScales, float activationScales)
    {
        int products = 0;
        for (int i = 0; i < Step; i++) products += (sbyte)weights.Quants[i] * (sbyte)activations.Quants[i];
        return sum + (weightScales * activationScales * products);
    }

    public static float AddMins(float sum, float* mins, float* sums) => sum + (*mins * *sums);

    public static Vector128<float> Sum(float a, float b, float c, float d) => Vector128.Create(a, b, c, d);
}
