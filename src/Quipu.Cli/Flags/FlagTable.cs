namespace Quipu.Cli.Flags;

/// <summary>The one table of all flags of all modes.</summary>
internal static class FlagTable
{
    private static readonly Dictionary<string, (FlagDefinition Flag, bool On)> ByName = Index();

    /// <summary>All flags, in the order of the help.</summary>
    public static IReadOnlyList<FlagDefinition> All { get; } =
        [.. GeneralFlags.All, .. TextFlags.All, .. ToolFlags.All, .. PackagingFlags.All, .. SamplingFlags.All, .. GrammarFlags.All, .. BenchFlags.All, .. ServerFlags.All];

    /// <summary>The flag of a spelling, and whether that spelling turns it on.</summary>
    /// <param name="name">As typed; in names with two hyphens '_' counts as '-'.</param>
    /// <param name="mode">Where: the benchmark has meanings of its own for some spellings.</param>
    public static (FlagDefinition Flag, bool On)? Find(string name, Modes mode)
    {
        name = Normalize(name);
        if (mode == Modes.Bench && Array.Find(BenchFlags.All, flag => flag.Names.Contains(name)) is { } own)
            return (own, true);
        return ByName.TryGetValue(name, out var found) ? found : null;
    }

    /// <summary>The spelling in the table.</summary>
    public static string Normalize(string name) => name.StartsWith("--", StringComparison.Ordinal) ? name.Replace('_', '-') : name;

    /// <summary>The flag that the user may have meant, or null where none is near.</summary>
    public static string? Nearest(string name, Modes mode)
    {
        string typed = Normalize(name);
        string? best = null;
        int least = Math.Max(1, typed.Trim('-').Length / 3) + 1;
        foreach ((string known, (FlagDefinition flag, _)) in ByName)
        {
            int distance = EditDistance.Of(typed, known);
            // A flag of this mode wins over one of another at the same distance.
            if (distance < least || (distance == least && best is not null && (flag.Modes & mode) != 0 && (ByName[best].Flag.Modes & mode) == 0))
                (least, best) = (distance, known);
        }
        return best;
    }

    private static Dictionary<string, (FlagDefinition Flag, bool On)> Index()
    {
        var index = new Dictionary<string, (FlagDefinition, bool)>(160, StringComparer.Ordinal);
        foreach (FlagDefinition[] part in (FlagDefinition[][])[GeneralFlags.All, TextFlags.All, ToolFlags.All, PackagingFlags.All, SamplingFlags.All, GrammarFlags.All, ServerFlags.All])
        {
            foreach (var flag in part)
            {
                foreach (string name in flag.Names)
                    index.Add(name, (flag, true));
                foreach (string name in flag.OffNames)
                    index.Add(name, (flag, false));
            }
        }
        foreach (var flag in BenchFlags.All)
            foreach (string name in flag.Names)
                index.TryAdd(name, (flag, true));
        return index;
    }
}
