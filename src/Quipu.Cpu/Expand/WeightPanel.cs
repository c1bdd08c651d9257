namespace Quipu.Cpu.Expand;

/// <summary>
/// Some columns of some rows of quantized weights as the kernels want them: one byte an element, with an F32 scale, and a minimum where the format
/// has one, for every group of 16 or 32; interleaved so that a register holds the same columns of as many rows as it has lanes.
/// </summary>
/// <param name="memory">Scratch of <see cref="Bytes"/>, aligned to 64.</param>
/// <param name="columns">Elements of a row, a multiple of 32.</param>
/// <param name="groupLength">Elements that share a scale.</param>
/// <param name="lanes">Rows.</param>
internal readonly unsafe struct WeightPanel(byte* memory, int columns, int groupLength, int lanes)
{
    /// <summary>[columns / 4, lanes, 4].</summary>
    public readonly byte* Quants = memory;

    /// <summary>[groups, lanes].</summary>
    public readonly float* Scales = (float*)(memory + (columns * lanes));

    /// <summary>[groups, lanes].</summary>
    public readonly float* Mins = (float*)(memory + (columns * lanes)) + (columns / groupLength * lanes);

    /// <summary>Elements of a row.</summary>
    public readonly int Columns = columns;

    /// <summary>Elements that share a scale.</summary>
    public readonly int GroupLength = groupLength;

    /// <summary>Memory that a panel needs, a multiple of 64 for 8 lanes or more.</summary>
    public static int Bytes(int columns, int groupLength, int lanes) => (columns + (2 * sizeof(float) * columns / groupLength)) * lanes;

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
