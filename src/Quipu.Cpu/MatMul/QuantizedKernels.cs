using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Quipu.Cpu.MatMul;

/// <summary>The tile kernels of one instruction set.</summary>
internal readonly unsafe struct QuantizedKernels
{
    private QuantizedKernels(
        delegate* managed<TileProduct*, void> unsignedTile, delegate* managed<TileProduct*, void> signedTile, string name)
    {
        Unsigned = unsignedTile;
        Signed = signedTile;
        Name = name;
    }

    /// <summary>Weights of 0 … 63.</summary>
    public delegate* managed<TileProduct*, void> Unsigned { get; }

    /// <summary>Weights of −128 … 127.</summary>
    public delegate* managed<TileProduct*, void> Signed { get; }

    /// <summary>How the integer products are made, for the user's eyes.</summary>
    public string Name { get; }

    /// <summary>The kernels of an instruction set that the process can run.</summary>
    public static QuantizedKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => new(
            &QuantizedTile<Avx512UnsignedDot, Vector512<byte>, Vector512<float>, Vector512<float>>.Multiply,
            &QuantizedTile<Avx512SignedDot, Vector512<byte>, Vector512<float>, Vector512<float>>.Multiply,
            "512-bit int8 multiply-add"),
        InstructionSet.Avx2 => new(
            &QuantizedTile<Avx2UnsignedDot, Vector256<byte>, Vector256<float>, Vector256<float>>.Multiply,
            &QuantizedTile<Avx2SignedDot, Vector256<byte>, Vector256<float>, Vector256<float>>.Multiply,
            "256-bit int8 multiply-add"),
        InstructionSet.AdvSimd when Dp.IsSupported => DotProduct,
        InstructionSet.AdvSimd => Widening,
        _ => new(
            &QuantizedTile<ScalarUnsignedDot, QuantPointer, float, float>.Multiply,
            &QuantizedTile<ScalarSignedDot, QuantPointer, float, float>.Multiply,
            "scalar int8 products"),
    };

    /// <summary>Arm with the dot product instruction.</summary>
    internal static QuantizedKernels DotProduct => new(
        &QuantizedTile<DotProductDot, Vector128<byte>, Vector128<float>, Vector128<float>>.Multiply,
        &QuantizedTile<DotProductDot, Vector128<byte>, Vector128<float>, Vector128<float>>.Multiply,
        "128-bit int8 dot product");

    /// <summary>Arm without it.</summary>
    internal static QuantizedKernels Widening => new(
        &QuantizedTile<WideningDot, Vector128<byte>, Vector128<float>, Vector128<float>>.Multiply,
        &QuantizedTile<WideningDot, Vector128<byte>, Vector128<float>, Vector128<float>>.Multiply,
        "128-bit int8 widening multiply");
}
