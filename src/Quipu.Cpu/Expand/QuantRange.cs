namespace Quipu.Cpu.Expand;

/// <summary>What the quants of a format can be: it decides how many products fit an int16, and how many columns share a scale.</summary>
internal enum QuantRange
{
    /// <summary>0 … 15, a scale and a minimum for 32.</summary>
    Below16,

    /// <summary>0 … 31, a scale and a minimum for 32.</summary>
    Below32,

    /// <summary>0 … 63, a scale and a minimum for 16.</summary>
    Below64,

    /// <summary>−128 … 127, a scale for 32.</summary>
    Signed,
}

/// <summary>A kind of weights, known to the compiler.</summary>
internal interface IWeightKind
{
    /// <summary>What the quants can be; signed ones have no minimum.</summary>
    static abstract QuantRange Range { get; }
}

/// <summary>What follows from a range.</summary>
internal static class QuantRanges
{
    /// <summary>Columns that share a scale.</summary>
    public static int GroupLength(QuantRange range) => range == QuantRange.Below64 ? 16 : 32;

    /// <summary>Whether there are minimums.</summary>
    public static bool HasMins(QuantRange range) => range != QuantRange.Signed;
}
