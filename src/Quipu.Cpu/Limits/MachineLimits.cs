namespace Quipu.Cpu.Limits;

/// <summary>
/// What the machine does at most with the threads and the instruction set of a device: figures that no kernel can pass, measured and not
/// taken from a data sheet.
/// </summary>
/// <param name="ReadBytesPerSecond">Reading the weights themselves, once through, which is what a generated token does.</param>
/// <param name="IntegerMultiplyAddsPerSecond">Products of int8, each with its addition; operands in registers.</param>
/// <param name="FloatMultiplyAddsPerSecond">Products of F32, each with its addition; operands in registers.</param>
public sealed record MachineLimits(double ReadBytesPerSecond, double IntegerMultiplyAddsPerSecond, double FloatMultiplyAddsPerSecond)
{
    /// <summary>The greater of each: a limit that another program disturbed is none.</summary>
    public MachineLimits Or(MachineLimits other) => new(
        Math.Max(ReadBytesPerSecond, other.ReadBytesPerSecond),
        Math.Max(IntegerMultiplyAddsPerSecond, other.IntegerMultiplyAddsPerSecond),
        Math.Max(FloatMultiplyAddsPerSecond, other.FloatMultiplyAddsPerSecond));
}
