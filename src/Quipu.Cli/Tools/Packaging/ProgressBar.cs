using System.Diagnostics;
using System.Globalization;
using Quipu.Cli.Chat;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>How far a long copy is, on a line of the terminal; nothing where stderr is none.</summary>
/// <param name="line">Where to show it.</param>
internal sealed class ProgressBar(StatusLine line) : IProgress<PackProgress>
{
    private const int Width = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // What takes less than the first interval is not shown at all.
    private long _shownAt = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public void Report(PackProgress value)
    {
        if (Stopwatch.GetElapsedTime(_shownAt) < Interval)
            return;
        _shownAt = Stopwatch.GetTimestamp();
        double share = value.Total == 0 ? 1 : (double)value.Done / value.Total;
        int filled = (int)(share * Width);
        line.Show(string.Create(CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('.', Width - filled)}] {share * 100:0} % of {value.Total / 1048576.0:0} MiB, {value.Name}"));
    }

    /// <summary>Erases it.</summary>
    public void Clear() => line.Clear();
}
