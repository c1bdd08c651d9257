using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>The kernels of a kind of weights.</summary>
internal readonly unsafe struct PanelKernels
{
    /// <summary>A panel times one activation row.</summary>
    public delegate* managed<PanelProduct*, void> One { get; init; }

    /// <summary>A panel times four activation rows.</summary>
    public delegate* managed<PanelProduct*, void> Four { get; init; }
}

/// <summary>The kernels of one instruction set.</summary>
internal sealed class QuantizedKernels
{
    private readonly PanelKernels[] _kernels;

    private QuantizedKernels(PanelKernels below16, PanelKernels below32, PanelKernels below64, PanelKernels signed, int lanes, string name)
    {
        _kernels = [below16, below32, below64, signed];
        Lanes = lanes;
        Name = name;
    }

    /// <summary>Weight rows of a panel.</summary>
    public int Lanes { get; }

    /// <summary>How the integer products are made, for the user's eyes.</summary>
    public string Name { get; }

    /// <summary>Arm with the dot product instruction.</summary>
    internal static QuantizedKernels DotProduct { get; } = AdvSimd<WithDotProducts>("128-bit int8 dot product");

    /// <summary>Arm without it.</summary>
    internal static QuantizedKernels Widening { get; } = AdvSimd<WithoutDotProducts>("128-bit int8 widening multiply");

    /// <summary>The kernels of a kind of weights.</summary>
    public PanelKernels For(QuantRange range) => _kernels[(int)range];

    /// <summary>The kernels of an instruction set that the process can run.</summary>
    public static QuantizedKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => new(
            Kernels<Avx512Dot<Below16>, Vector512<byte>, Vector512<int>, Vector512<float>>(),
            Kernels<Avx512Dot<Below32>, Vector512<byte>, Vector512<int>, Vector512<float>>(),
            Kernels<Avx512Dot<Below64>, Vector512<byte>, Vector512<int>, Vector512<float>>(),
            Kernels<Avx512Dot<Signed>, Vector512<byte>, Vector512<int>, Vector512<float>>(),
            WeightPanel.LanesOf(set), "512-bit int8 multiply-add"),
        InstructionSet.Avx2 => new(
            Kernels<Avx2Dot<Below16>, Vector256<byte>, Vector256<int>, Vector256<float>>(),
            Kernels<Avx2Dot<Below32>, Vector256<byte>, Vector256<int>, Vector256<float>>(),
            Kernels<Avx2Dot<Below64>, Vector256<byte>, Vector256<int>, Vector256<float>>(),
            Kernels<Avx2Dot<Signed>, Vector256<byte>, Vector256<int>, Vector256<float>>(),
            WeightPanel.LanesOf(set), "256-bit int8 multiply-add"),
        InstructionSet.AdvSimd => Dp.IsSupported ? DotProduct : Widening,
        _ => new(
            Kernels<ScalarDot<Below16>, QuantPointer, Vector128<int>, Vector128<float>>(),
            Kernels<ScalarDot<Below32>, QuantPointer, Vector128<int>, Vector128<float>>(),
            Kernels<ScalarDot<Below64>, QuantPointer, Vector128<int>, Vector128<float>>(),
            Kernels<ScalarDot<Signed>, QuantPointer, Vector128<int>, Vector128<float>>(),
            WeightPanel.LanesOf(set), "scalar int8 products"),
    };

    private static QuantizedKernels AdvSimd<TDotProducts>(string name) where TDotProducts : struct, IDotProducts => new(
        Kernels<AdvSimdDot<Below16, TDotProducts>, Vector128<byte>, Vector128<int>, Vector128<float>>(),
        Kernels<AdvSimdDot<Below32, TDotProducts>, Vector128<byte>, Vector128<int>, Vector128<float>>(),
        Kernels<AdvSimdDot<Below64, TDotProducts>, Vector128<byte>, Vector128<int>, Vector128<float>>(),
        Kernels<AdvSimdDot<Signed, TDotProducts>, Vector128<byte>, Vector128<int>, Vector128<float>>(),
        WeightPanel.LanesOf(InstructionSet.AdvSimd), name);

    private static unsafe PanelKernels Kernels<TDot, TQuants, TInteger, TSum>()
        where TDot : struct, IQuantizedDot<TQuants, TInteger, TSum>
        where TQuants : struct
        where TInteger : struct
        where TSum : struct => new()
        {
            One = &QuantizedTile<TDot, TQuants, TInteger, TSum>.MultiplyOne,
            Four = &QuantizedTile<TDot, TQuants, TInteger, TSum>.MultiplyFour,
        };
}
