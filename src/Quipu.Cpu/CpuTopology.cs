using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Quipu.Cpu;

/// <summary>What the system says about the processor: its name and how many cores this process may use.</summary>
internal static class CpuTopology
{
    /// <summary>
    /// Physical cores that this process may use: those of its affinity mask, within the limit of its control group. Where the system
    /// does not tell cores from hardware threads, the hardware threads.
    /// </summary>
    public static int PhysicalCores()
    {
        int allowed = Environment.ProcessorCount;
        return OperatingSystem.IsLinux() && CountLinuxCores("/sys/devices/system/cpu", "/proc/self/status") is int cores
            ? Math.Clamp(cores, 1, allowed)
            : allowed;
    }

    /// <summary>The processor's own name, or its architecture where it has none.</summary>
    public static string ProcessorName()
    {
        if (X86Base.IsSupported && BrandString() is { Length: > 0 } brand) return brand;
        if (OperatingSystem.IsLinux() && TryReadLines("/proc/cpuinfo") is { } lines)
        {
            foreach (string line in lines)
            {
                if ((Field(line, "model name") ?? Field(line, "Model")) is { Length: > 0 } name) return name;
            }
        }

        return $"{RuntimeInformation.ProcessArchitecture} processor";
    }

    /// <summary>Counts the distinct cores of the CPUs that a process may run on, from the files where Linux tells them.</summary>
    /// <param name="cpuFolder">The folder of <c>cpu0</c>, <c>cpu1</c>, …</param>
    /// <param name="statusFile">The process's status, with <c>Cpus_allowed_list</c>.</param>
    /// <returns>The number, or null where the files do not tell.</returns>
    internal static int? CountLinuxCores(string cpuFolder, string statusFile)
    {
        if (TryReadLines(statusFile) is not { } status) return null;
        string? list = status.Select(line => Field(line, "Cpus_allowed_list")).FirstOrDefault(value => value is not null);
        if (list is null) return null;
        var cores = new HashSet<string>(StringComparer.Ordinal);
        foreach (int cpu in ParseCpuList(list))
        {
            // The CPUs that share a core name the same list.
            if (TryReadLines($"{cpuFolder}/cpu{cpu}/topology/thread_siblings_list") is [var siblings, ..]) cores.Add(siblings.Trim());
        }

        return cores.Count > 0 ? cores.Count : null;
    }

    /// <summary>The CPUs of a list such as <c>0-3,8,10-11</c>; what is no number is left out.</summary>
    internal static IEnumerable<int> ParseCpuList(string list)
    {
        const int MostCpus = 65536;
        foreach (string part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last))
                continue;
            for (int cpu = first; cpu <= last && cpu < MostCpus; cpu++) yield return cpu;
        }
    }

    private static string? Field(string line, string name)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(name) ? line[(colon + 1)..].Trim() : null;
    }

    private static string[]? TryReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string BrandString()
    {
        const int FirstLeaf = unchecked((int)0x80000002), HighestLeaf = unchecked((int)0x80000000);
        if (unchecked((uint)X86Base.CpuId(HighestLeaf, 0).Eax) < unchecked((uint)FirstLeaf + 2)) return "";
        Span<int> words = stackalloc int[12];
        for (int leaf = 0; leaf < 3; leaf++)
        {
            (words[4 * leaf], words[(4 * leaf) + 1], words[(4 * leaf) + 2], words[(4 * leaf) + 3]) = X86Base.CpuId(FirstLeaf + leaf, 0);
        }

        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).TrimEnd('\0', ' ').Trim();
    }
}
