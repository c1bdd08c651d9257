using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Quipu.Cpu.Expand;

namespace Quipu.Cpu.MatMul;

/// <summary>The tile kernels of one instruction set.</summary>
internal readonly unsafe struct QuantizedKernels
{
    private readonly delegate* managed<TileProduct*, void> _narrow;
    private readonly delegate* managed<TileProduct*, void> _unsigned;
    private readonly delegate* managed<TileProduct*, void> _signed;

    private QuantizedKernels(
        delegate* managed<TileProduct*, void> narrowTile, delegate* managed<TileProduct*, void> unsignedTile,
        delegate* managed<TileProduct*, void> signedTile, int lanes, string name)
    {
        _narrow = narrowTile;
        _unsigned = unsignedTile;
        _signed = signedTile;
        Lanes = lanes;
        Name = name;
    }

    /// <summary>Weight rows that are computed together; a tile of a multiple of them leaves no lane idle.</summary>
    public int Lanes { get; }

    /// <summary>How the integer products are made, for the user's eyes.</summary>
    public string Name { get; }

    /// <summary>The kernel of a kind of weights.</summary>
    public delegate* managed<TileProduct*, void> For(QuantRange range) => range switch
    {
        QuantRange.Below32 => _narrow,
        QuantRange.Below64 => _unsigned,
        _ => _signed,
    };

    /// <summary>The kernels of an instruction set that the process can run.</summary>
    public static QuantizedKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => new(
            &QuantizedTile<Avx512Dot<Avx512Narrow>, Vector512<byte>, Vector512<float>>.Multiply,
            &QuantizedTile<Avx512Dot<Avx512Unsigned>, Vector512<byte>, Vector512<float>>.Multiply,
            &QuantizedTile<Avx512Dot<Avx512Signed>, Vector512<byte>, Vector512<float>>.Multiply,
            16, "512-bit int8 multiply-add"),
        InstructionSet.Avx2 => new(
            &QuantizedTile<Avx2Dot<Avx2Narrow>, Vector256<byte>, Vector256<float>>.Multiply,
            &QuantizedTile<Avx2Dot<Avx2Unsigned>, Vector256<byte>, Vector256<float>>.Multiply,
            &QuantizedTile<Avx2Dot<Avx2Signed>, Vector256<byte>, Vector256<float>>.Multiply,
            8, "256-bit int8 multiply-add"),
        InstructionSet.AdvSimd when Dp.IsSupported => DotProduct,
        InstructionSet.AdvSimd => Widening,
        _ => new(
            &QuantizedTile<ScalarDot<ScalarUnsigned>, QuantPointer, Vector128<float>>.Multiply,
            &QuantizedTile<ScalarDot<ScalarUnsigned>, QuantPointer, Vector128<float>>.Multiply,
            &QuantizedTile<ScalarDot<ScalarSigned>, QuantPointer, Vector128<float>>.Multiply,
            4, "scalar int8 products"),
    };

    /// <summary>Arm with the dot product instruction.</summary>
    internal static QuantizedKernels DotProduct => new(
        &QuantizedTile<AdvSimdDot<DotProductUnsigned>, Vector128<byte>, Vector128<float>>.Multiply,
        &QuantizedTile<AdvSimdDot<DotProductUnsigned>, Vector128<byte>, Vector128<float>>.Multiply,
        &QuantizedTile<AdvSimdDot<DotProductSigned>, Vector128<byte>, Vector128<float>>.Multiply,
        4, "128-bit int8 dot product");

    /// <summary>Arm without it.</summary>
    internal static QuantizedKernels Widening => new(
        &QuantizedTile<AdvSimdDot<WideningUnsigned>, Vector128<byte>, Vector128<float>>.Multiply,
        &QuantizedTile<AdvSimdDot<WideningUnsigned>, Vector128<byte>, Vector128<float>>.Multiply,
        &QuantizedTile<AdvSimdDot<WideningSigned>, Vector128<byte>, Vector128<float>>.Multiply,
        4, "128-bit int8 widening multiply");
}
