namespace Quipu.Cpu.Expand;

/// <summary>What the quants of a format can be; it decides how many products fit an int16.</summary>
internal enum QuantRange
{
    /// <summary>0 … 31, with a minimum.</summary>
    Below32,

    /// <summary>0 … 63, with a minimum.</summary>
    Below64,

    /// <summary>−128 … 127, without.</summary>
    Signed,
}
