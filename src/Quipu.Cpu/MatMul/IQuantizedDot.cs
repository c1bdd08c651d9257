using System.Runtime.Intrinsics;

namespace Quipu.Cpu.MatMul;

/// <summary>
/// The inner step of a quantized dot product on one instruction set and for one kind of weights: unsigned of 0 … 63 or signed. Integer products of
/// every 16 elements are exact; they are scaled and summed in F32.
/// </summary>
/// <typeparam name="TQuants">Quants of one step.</typeparam>
/// <typeparam name="TScales">A step's scales, spread over the lanes of a sum.</typeparam>
/// <typeparam name="TSum">F32 lanes of a running sum.</typeparam>
internal unsafe interface IQuantizedDot<TQuants, TScales, TSum>
{
    /// <summary>Elements of a step: 16, 32 or 64.</summary>
    static abstract int Step { get; }

    /// <summary>Minimums that <see cref="AddMins"/> takes: 1 … 16.</summary>
    static abstract int MinStep { get; }

    /// <summary>The empty sum.</summary>
    static abstract TSum Zero { get; }

    /// <summary>Loads the quants of a step.</summary>
    static abstract TQuants Load(byte* quants);

    /// <summary>Loads a step's scales, one for every 16 elements.</summary>
    static abstract TScales LoadScales(float* scales);

    /// <summary>sum + weightScales · activationScales · weights · activations.</summary>
    static abstract TSum MultiplyAdd(TSum sum, TQuants weights, TQuants activations, TScales weightScales, TScales activationScales);

    /// <summary>sum + mins · sums, <see cref="MinStep"/> of them.</summary>
    static abstract TSum AddMins(TSum sum, float* mins, float* sums);

    /// <summary>The totals of four sums; each is added up alone, in the same order.</summary>
    static abstract Vector128<float> Sum(TSum a, TSum b, TSum c, TSum d);
}
