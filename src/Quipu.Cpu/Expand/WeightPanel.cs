namespace Quipu.Cpu.Expand;

/// <summary>
/// Some columns of some rows of quantized weights as the kernels want them: one byte an element, with an F32 scale, and a minimum where the format
/// has one, for every group of 32; interleaved so that a register holds the same columns of as many rows as it has lanes.
/// </summary>
/// <param name="memory">Scratch of <see cref="Bytes"/>, aligned to 64.</param>
/// <param name="columns">Elements of a row, a multiple of 32.</param>
/// <param name="lanes">Rows.</param>
internal readonly unsafe struct WeightPanel(byte* memory, int columns, int lanes)
{
    /// <summary>Elements that share a scale.</summary>
    public const int GroupLength = 32;

    /// <summary>Registers of sub-scales that a group has: those of its first 16 columns, of the others, and the factors of its minimums.</summary>
    public const int SubScaleRegisters = 3;

    /// <summary>[columns / 4, lanes, 4].</summary>
    public readonly byte* Quants = memory;

    /// <summary>[groups, lanes].</summary>
    public readonly float* Scales = (float*)(memory + (columns * lanes));

    /// <summary>[groups, lanes].</summary>
    public readonly float* Mins = (float*)(memory + (columns * lanes)) + (columns / GroupLength * lanes);

    /// <summary>
    /// [groups, <see cref="SubScaleRegisters"/>, lanes], two int16 each, of formats with <see cref="QuantRanges.HasSubScales"/>: the factor of the scale
    /// in the first 16 columns, twice; in the others, twice; the factors of the minimum in both.
    /// </summary>
    public readonly int* SubScales = (int*)(memory + (columns * lanes)) + (2 * (columns / GroupLength * lanes));

    /// <summary>Elements of a row.</summary>
    public readonly int Columns = columns;

    /// <summary>Memory that a panel of any format needs, a multiple of 64 for 8 lanes or more.</summary>
    public static int Bytes(int columns, int lanes) => (columns + ((2 + SubScaleRegisters) * sizeof(float) * columns / GroupLength)) * lanes;

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
