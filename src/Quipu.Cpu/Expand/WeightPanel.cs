using Quipu.Cpu.Quantize;

namespace Quipu.Cpu.Expand;

/// <summary>
/// Rows of quantized weights as the kernels want them: one byte an element, with an F32 scale, and a minimum where the format has one, for every
/// 16 elements; interleaved so that a register holds the same columns of as many rows as it has lanes. Where there are fewer rows than lanes, the
/// lanes beyond hold anything, and their results are dropped.
/// </summary>
/// <param name="memory">Scratch of <see cref="Bytes"/>, aligned to 64.</param>
/// <param name="layout">The rows' length.</param>
/// <param name="lanes">Rows of a panel.</param>
internal readonly unsafe struct WeightPanel(byte* memory, RowLayout layout, int lanes)
{
    /// <summary>[columns / 4, lanes, 4].</summary>
    public readonly byte* Quants = memory;

    /// <summary>[groups, lanes].</summary>
    public readonly float* Scales = (float*)(memory + ((long)layout.Columns * lanes));

    /// <summary>[groups, lanes].</summary>
    public readonly float* Mins = (float*)(memory + ((long)layout.Columns * lanes)) + ((long)layout.Columns / RowLayout.GroupLength * lanes);

    /// <summary>Elements of a row.</summary>
    public readonly int Columns = layout.Columns;

    /// <summary>Groups of 16 columns.</summary>
    public int Groups => Columns / RowLayout.GroupLength;

    /// <summary>Memory that a panel needs.</summary>
    public static long Bytes(RowLayout layout, int lanes) =>
        (layout.Columns + (2L * sizeof(float) * layout.Columns / RowLayout.GroupLength)) * lanes;

    /// <summary>Rows of an instruction set's panels: lanes of 32 bits in its registers.</summary>
    public static int LanesOf(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Lanes16.Count,
        InstructionSet.Avx2 => Lanes8.Count,
        _ => Lanes4.Count,
    };
}

/// <summary>A number of lanes, known to the compiler.</summary>
internal interface ILanes
{
    /// <summary>4, 8 or 16.</summary>
    static abstract int Count { get; }
}

/// <summary>Registers of 128 bits.</summary>
internal readonly struct Lanes4 : ILanes
{
    public static int Count => 4;
}

/// <summary>Registers of 256 bits.</summary>
internal readonly struct Lanes8 : ILanes
{
    public static int Count => 8;
}

/// <summary>Registers of 512 bits.</summary>
internal readonly struct Lanes16 : ILanes
{
    public static int Count => 16;
}
