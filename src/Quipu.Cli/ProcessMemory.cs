using System.Diagnostics;
using System.Globalization;

namespace Quipu.Cli;

/// <summary>What this process holds in memory.</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes beside mapped files: on Linux the anonymous part of the resident set, elsewhere the private bytes.</summary>
    public static long Anonymous()
    {
        const string field = "RssAnon:";
        if (OperatingSystem.IsLinux())
        {
            foreach (string line in File.ReadLines("/proc/self/status"))
            {
                if (line.StartsWith(field, StringComparison.Ordinal))
                    return 1024 * long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
            }
        }
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }
}
