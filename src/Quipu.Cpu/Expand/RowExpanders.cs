using Quipu.Tensors;

namespace Quipu.Cpu.Expand;

/// <summary>The expanders of the quantized formats.</summary>
internal static class RowExpanders
{
    /// <summary>Whether rows of a type are expanded; the others are F32, F16 and BF16.</summary>
    public static bool IsQuantized(TensorType type) => type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16);

    /// <summary>The expander of a type on an instruction set.</summary>
    /// <exception cref="NotSupportedException">The type has none.</exception>
    public static RowExpander For(TensorType type, InstructionSet set) =>
        throw new NotSupportedException($"The CPU has no kernel for the type {type} on {InstructionSets.Name(set)}.");
}
