using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Quipu.Cpu;

/// <summary>The instruction sets that the kernels are built for.</summary>
internal enum InstructionSet
{
    /// <summary>Plain C#: the reference, and the fallback of processors without the others.</summary>
    Scalar,
    /// <summary>Arm64 NEON, 128 bits.</summary>
    AdvSimd,
    /// <summary>AVX2 with FMA, 256 bits.</summary>
    Avx2,
    /// <summary>AVX-512 F, BW, DQ and VL, 512 bits.</summary>
    Avx512,
}

/// <summary>Which instruction sets this process can run, and what they are called.</summary>
internal static class InstructionSets
{
    /// <summary>The widest set that this process can run.</summary>
    public static InstructionSet Best =>
        IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
        : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2
        : IsSupported(InstructionSet.AdvSimd) ? InstructionSet.AdvSimd
        : InstructionSet.Scalar;

    /// <summary>All sets that this process can run, narrowest first. <see cref="InstructionSet.Scalar"/> is always one of them.</summary>
    public static IReadOnlyList<InstructionSet> Supported { get; } = [.. Enum.GetValues<InstructionSet>().Where(IsSupported)];

    /// <summary>
    /// Whether this process can run a set. Asks the instruction classes, not the width that the runtime prefers: a processor
    /// for which the runtime prefers narrower vectors still runs the wide ones.
    /// </summary>
    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Scalar => true,
        InstructionSet.AdvSimd => AdvSimd.Arm64.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.Avx512 => Avx512F.VL.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported
            && Avx2.IsSupported && Fma.IsSupported,
        _ => false,
    };

    /// <summary>The set's name for the user's eyes.</summary>
    public static string Name(InstructionSet set) => set switch
    {
        InstructionSet.Scalar => "scalar",
        InstructionSet.AdvSimd => "AdvSimd",
        InstructionSet.Avx2 => "AVX2",
        InstructionSet.Avx512 => "AVX-512",
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "Not an instruction set."),
    };
}
