using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Quipu.Cpu.Expand.Formats;
using Quipu.Cpu.MatMul;
using Quipu.Tensors;

namespace Quipu.Cpu.Expand;

/// <summary>The expanders of the quantized formats.</summary>
internal static unsafe class PanelExpanders
{
    /// <summary>Whether rows of a type are expanded; the others are F32, F16 and BF16.</summary>
    public static bool IsQuantized(TensorType type) => type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16);

    /// <summary>The expander of a type on an instruction set.</summary>
    /// <exception cref="NotSupportedException">The type has none.</exception>
    public static PanelExpander For(TensorType type, InstructionSet set) => type switch
    {
        TensorType.Q4_0 => Create<Q4_0Blocks>(set),
        TensorType.Q4_1 => Create<Q4_1Blocks>(set),
        TensorType.Q5_0 => Create<Q5_0Blocks>(set),
        TensorType.Q5_1 => Create<Q5_1Blocks>(set),
        TensorType.Q8_0 => Create<Q8_0Blocks>(set),
        TensorType.IQ4_NL => Create<IQ4_NLBlocks>(set),
        TensorType.Q2_K => Create<Q2_KBlocks>(set),
        TensorType.Q3_K => Create<Q3_KBlocks>(set),
        TensorType.Q4_K => Create<Q4_KBlocks>(set),
        TensorType.Q5_K => Create<Q5_KBlocks>(set),
        TensorType.Q6_K => Create<Q6_KBlocks>(set),
        TensorType.IQ4_XS => Create<IQ4_XSBlocks>(set),
        _ => throw new NotSupportedException($"The CPU has no kernel for the type {type} on {InstructionSets.Name(set)}."),
    };

    private static PanelExpander Create<TFormat>(InstructionSet set) where TFormat : struct, IExpandable => new()
    {
        Range = TFormat.Range,
        BlockLength = TFormat.BlockLength,
        BlockBytes = TFormat.BlockBytes,
        Fill = set switch
        {
            InstructionSet.Scalar => &ScalarPanel<TFormat, Lanes4>.Fill,
            InstructionSet.AdvSimd => &BlockPanel<TFormat, FourRows, Lanes4>.Fill,
            InstructionSet.Avx2 => &BlockPanel<TFormat, EightRows, Lanes8>.Fill,
            _ => &BlockPanel<TFormat, EightRows, Lanes16>.Fill,
        },
        RowsAtOnce = set is InstructionSet.Scalar or InstructionSet.AdvSimd ? FourRows.Count : EightRows.Count,
        Multiply = set switch
        {
            InstructionSet.Scalar => null,
            InstructionSet.AdvSimd when Dp.IsSupported =>
                &BlockDot<TFormat, FourRows, AdvSimdDot<TFormat, WithDotProducts>, Vector128<byte>, Vector128<int>, Vector128<float>>.Multiply,
            InstructionSet.AdvSimd =>
                &BlockDot<TFormat, FourRows, AdvSimdDot<TFormat, WithoutDotProducts>, Vector128<byte>, Vector128<int>, Vector128<float>>.Multiply,
            _ => &BlockDot<TFormat, EightRows, Avx2Dot<TFormat>, Vector256<byte>, Vector256<int>, Vector256<float>>.Multiply,
        },
        // Measured with AVX2 alone. A panel of AVX-512 has twice the lanes, and on Arm rows are expanded four at a time.
        MultiplyFew = set is InstructionSet.Avx2
            ? &FewRowsDot<TFormat, EightRows, Avx2Dot<TFormat>, Vector256<byte>, Vector256<int>, Vector256<float>>.Multiply
            : null,
    };
}
