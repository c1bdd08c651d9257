namespace Quipu.Cpu.Expand;

/// <summary>What the quants of a format can be, which decides how many products fit an int16, and what scales they have.</summary>
internal enum QuantRange
{
    /// <summary>0 … 15, a scale and a minimum for 32.</summary>
    Below16,

    /// <summary>0 … 31, a scale and a minimum for 32.</summary>
    Below32,

    /// <summary>0 … 63, a scale and a minimum for 32, and integers for every 16 by which these are multiplied.</summary>
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
    /// <summary>Whether every 16 columns have an int8 that multiplies the scale, and one that multiplies the minimum.</summary>
    public static bool HasSubScales(QuantRange range) => range == QuantRange.Below64;

    /// <summary>Whether there are minimums.</summary>
    public static bool HasMins(QuantRange range) => range != QuantRange.Signed;
}
