using System.Collections.Immutable;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>Completes paths of files, and knows the home directory as <c>~</c>.</summary>
internal static class PathCompletion
{
    private const int MostCandidates = 1000;

    /// <summary>The paths that begin with <paramref name="typed"/>, folders with a '/' at their end, sorted.</summary>
    public static ImmutableArray<string> Complete(string typed)
    {
        int cut = typed.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1;
        string folder = typed[..cut];
        string name = typed[cut..];
        if (folder.Length == 0 && name == "~")
            return ["~/"];
        var directory = new DirectoryInfo(folder.Length == 0 ? "." : ExpandHome(folder));
        if (!directory.Exists)
            return [];
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        var found = new List<string>();
        foreach (var entry in directory.EnumerateFileSystemInfos("*", options))
        {
            bool hidden = entry.Name.StartsWith('.') && !name.StartsWith('.');
            if (hidden || !entry.Name.StartsWith(name, comparison))
                continue;
            found.Add(folder + entry.Name + (entry is DirectoryInfo ? "/" : ""));
            if (found.Count == MostCandidates)
                break;
        }
        found.Sort(StringComparer.Ordinal);
        return [.. found];
    }

    /// <summary>The path with a leading <c>~</c> replaced by the home directory.</summary>
    public static string ExpandHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
            : path;
}
