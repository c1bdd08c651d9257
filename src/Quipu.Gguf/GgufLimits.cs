namespace Quipu.Gguf;

/// <summary>
/// Bounds on what a file may claim. Each is far above what real models hold, and low enough that a hostile file cannot exhaust memory.
/// </summary>
internal static class GgufLimits
{
    /// <summary>Metadata entries of one file.</summary>
    public const long Keys = 1 << 20;

    /// <summary>Tensors of one file.</summary>
    public const long Tensors = 1 << 20;

    /// <summary>Bytes of a metadata key; GGUF's own limit.</summary>
    public const long KeyBytes = 65_535;

    /// <summary>Bytes of a tensor name. GGUF says 64; some writers use more.</summary>
    public const long NameBytes = 1024;

    /// <summary>Dimensions of a tensor; GGUF's own limit.</summary>
    public const int Dimensions = 4;

    /// <summary>Arrays within arrays.</summary>
    public const int ArrayDepth = 8;

    /// <summary>Arrays that are elements of arrays, in one file.</summary>
    public const int NestedArrays = 1 << 20;

    /// <summary>Bytes of one string or array, as a .NET array holds them.</summary>
    public static long ValueBytes => Array.MaxLength;

    /// <summary>Alignment of tensor data where the file does not say.</summary>
    public const uint DefaultAlignment = 32;

    /// <summary>Largest alignment that is believed.</summary>
    public const uint LargestAlignment = 1 << 20;

    /// <summary>What an alignment must be, for messages.</summary>
    public static string AlignmentRule => $"it must be a power of two from 8 to {LargestAlignment}";

    /// <summary>Whether tensor data may be aligned so: a power of two from 8, as GGUF asks for a multiple of 8.</summary>
    public static bool IsAlignment(long alignment) => alignment is >= 8 and <= LargestAlignment && long.IsPow2(alignment);

    /// <summary>The next multiple of the alignment.</summary>
    public static long Align(long position, long alignment) => (position + alignment - 1) & -alignment;
}
