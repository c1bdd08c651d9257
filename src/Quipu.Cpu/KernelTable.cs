using Quipu.Cpu.MatMul;
using Quipu.Cpu.Quantize;

namespace Quipu.Cpu;

/// <summary>The kernels of one instruction set, chosen once when a device is made.</summary>
internal sealed unsafe class KernelTable(InstructionSet set)
{
    /// <summary>The instruction set.</summary>
    public InstructionSet InstructionSet { get; } = set;

    /// <summary>Products with quantized weights.</summary>
    public QuantizedKernels Quantized { get; } = QuantizedKernels.For(set);

    /// <summary>Products with unquantized weights.</summary>
    public FloatKernels Float { get; } = FloatKernels.For(set);

    /// <summary>The quantizer of one row of activations.</summary>
    public delegate* managed<float*, int, QuantizedRow, void> Quantize { get; } = ActivationQuantizer.For(set);
}
