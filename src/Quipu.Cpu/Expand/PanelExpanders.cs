using Quipu.Cpu.Expand.Formats;
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
        TensorType.Q4_0 => Small<Q4_0Blocks>(set),
        TensorType.Q4_1 => Small<Q4_1Blocks>(set),
        TensorType.Q5_0 => Small<Q5_0Blocks>(set),
        TensorType.Q5_1 => Small<Q5_1Blocks>(set),
        TensorType.Q8_0 => Small<Q8_0Blocks>(set),
        TensorType.IQ4_NL => Small<IQ4_NLBlocks>(set),
        TensorType.Q2_K => Super<Q2_KBlocks>(set),
        TensorType.Q3_K => Super<Q3_KBlocks>(set),
        TensorType.Q4_K => Super<Q4_KBlocks>(set),
        TensorType.Q5_K => Super<Q5_KBlocks>(set),
        TensorType.Q6_K => Super<Q6_KBlocks>(set),
        TensorType.IQ4_XS => Super<IQ4_XSBlocks>(set),
        _ => throw new NotSupportedException($"The CPU has no kernel for the type {type} on {InstructionSets.Name(set)}."),
    };

    private static PanelExpander Small<TFormat>(InstructionSet set) where TFormat : struct, ISmallBlocks => Create<TFormat>(set switch
    {
        InstructionSet.Scalar => &ScalarPanel<TFormat, Lanes4>.Fill,
        InstructionSet.AdvSimd => &SmallBlockPanel<TFormat, Bytes32Pair, Lanes4>.Fill,
        InstructionSet.Avx2 => &SmallBlockPanel<TFormat, Bytes32Wide, Lanes8>.Fill,
        _ => &SmallBlockPanel<TFormat, Bytes32Wide, Lanes16>.Fill,
    });

    private static PanelExpander Super<TFormat>(InstructionSet set) where TFormat : struct, ISuperBlocks => Create<TFormat>(set switch
    {
        InstructionSet.Scalar => &ScalarPanel<TFormat, Lanes4>.Fill,
        InstructionSet.AdvSimd => &SuperBlockPanel<TFormat, Bytes32Pair, Lanes4>.Fill,
        InstructionSet.Avx2 => &SuperBlockPanel<TFormat, Bytes32Wide, Lanes8>.Fill,
        _ => &SuperBlockPanel<TFormat, Bytes32Wide, Lanes16>.Fill,
    });

    private static PanelExpander Create<TFormat>(delegate* managed<byte*, long, int, WeightPanel, void> fill)
        where TFormat : struct, IExpandable =>
        new() { Range = TFormat.Range, Fill = fill };
}
