using Quipu.Cpu.Lanes;

namespace Quipu.Cpu.MatMul;

/// <summary>The kernels of unquantized weights on one instruction set.</summary>
internal readonly unsafe struct FloatKernels
{
    /// <summary>Products of an F32 tile.</summary>
    public delegate* managed<FloatProduct*, void> Multiply { get; private init; }

    /// <summary>F16 to F32: (source, count, destination).</summary>
    public delegate* managed<ushort*, int, float*, void> ConvertHalf { get; private init; }

    /// <summary>BF16 to F32: (source, count, destination).</summary>
    public delegate* managed<ushort*, int, float*, void> ConvertBFloat { get; private init; }

    /// <summary>The kernels of an instruction set that the process can run.</summary>
    public static FloatKernels For(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Create<Lane512>(),
        InstructionSet.Avx2 => Create<Lane256>(),
        InstructionSet.AdvSimd => Create<Lane128>(),
        _ => Create<Lane1>(),
    };

    private static FloatKernels Create<TLane>() where TLane : struct, ILane<TLane> => new()
    {
        Multiply = &FloatTile<TLane>.Multiply,
        ConvertHalf = &FloatTile<TLane>.ConvertHalf,
        ConvertBFloat = &FloatTile<TLane>.ConvertBFloat,
    };
}
