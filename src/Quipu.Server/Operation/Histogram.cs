using System.Globalization;
using System.Text;

namespace Quipu.Server.Operation;

/// <summary>Counts durations in buckets, as Prometheus reads them.</summary>
internal sealed class Histogram
{
    private static readonly double[] Limits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]; // seconds

    private readonly long[] _counts = new long[Limits.Length + 1];
    private readonly Lock _lock = new();
    private double _sum;

    /// <summary>Counts a duration.</summary>
    public void Add(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        int bucket = Array.FindIndex(Limits, limit => seconds <= limit);
        lock (_lock)
        {
            _counts[bucket < 0 ? Limits.Length : bucket]++;
            _sum += seconds;
        }
    }

    /// <summary>Writes the lines of a metric.</summary>
    /// <param name="text">Receives them.</param>
    /// <param name="name">The metric.</param>
    /// <param name="help">What it means.</param>
    public void Write(StringBuilder text, string name, string help)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} histogram\n");
        lock (_lock)
        {
            long total = 0;
            for (int i = 0; i < Limits.Length; i++)
            {
                total += _counts[i];
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{Limits[i]}\"}} {total}\n");
            }
            total += _counts[^1];
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"+Inf\"}} {total}\n{name}_sum {_sum}\n{name}_count {total}\n");
        }
    }
}
