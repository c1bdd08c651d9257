using Quipu.Cpu.Limits;

namespace Quipu.Cli.Tools.Bench;

/// <summary>What a test gave.</summary>
/// <param name="Test">The test.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="Samples">Tokens per second of each measurement.</param>
/// <param name="Limits">What the machine did at most, just before and just after.</param>
/// <param name="LimitRate">Tokens per second at those limits.</param>
/// <param name="Memory">What it took beside the mapped file.</param>
internal sealed record BenchResult(
    BenchTest Test, int Threads, IReadOnlyList<double> Samples, MachineLimits Limits, double LimitRate, BenchMemory Memory)
{
    /// <summary>The median, in tokens per second.</summary>
    public double Median { get; } = MedianOf(Samples);

    /// <summary>Half of what lies between the slowest and the fastest, as a share of the median.</summary>
    public double Spread => (Samples.Max() - Samples.Min()) / 2 / Median;

    /// <summary>The median as a share of the limit.</summary>
    public double Share => Median / LimitRate;

    private static double MedianOf(IReadOnlyList<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}

/// <summary>Memory in bytes.</summary>
/// <param name="Cache">Keys and values, when the context is full.</param>
/// <param name="Activations">Buffers and scratch of a pass.</param>
/// <param name="Process">What the process holds beside files that are mapped.</param>
internal readonly record struct BenchMemory(long Cache, long Activations, long Process);
