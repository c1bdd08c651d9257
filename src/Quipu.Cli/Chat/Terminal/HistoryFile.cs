using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>
/// The history on disk, one entry a line, with line breaks and backslashes escaped. The file belongs to its owner alone (mode
/// 0600): what people ask a model is private. It is bounded: when it holds twice the capacity, it is rewritten.
/// </summary>
internal sealed class HistoryFile(string path)
{
    // More is never read, however long somebody's lines are.
    private const int MostBytes = 8 << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where the user's history lies; null where the user has no home.</summary>
    public static string? DefaultPath =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".quipu_history") : null;

    /// <summary>Reads the file into a history. A file that does not exist is an empty history.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file belongs to somebody else.</exception>
    public void Load(History history)
    {
        if (!File.Exists(path))
            return;
        int count = 0;
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        using (var reader = new StreamReader(stream, Encoding.UTF8))
        {
            if (stream.Length > MostBytes)
            {
                stream.Seek(-MostBytes, SeekOrigin.End);
                reader.ReadLine();
            }
            for (; reader.ReadLine() is { } line; count++)
                history.Add(Unescape(line));
        }
        if (count > 2 * history.Capacity)
            Rewrite(history);
    }

    /// <summary>Appends an entry.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file belongs to somebody else.</exception>
    public void Append(string entry)
    {
        using var stream = Open(path, FileMode.Append);
        stream.Write(Encoding.UTF8.GetBytes(Escape(entry) + "\n"));
    }

    /// <summary>The entry as one line.</summary>
    internal static string Escape(string entry) =>
        entry.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    /// <summary>The way back from <see cref="Escape"/>.</summary>
    internal static string Unescape(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal))
            return line;
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            char next = line[i] == '\\' && i + 1 < line.Length ? line[++i] : '\0';
            text.Append(next switch { '\0' => line[i], 'n' => '\n', 'r' => '\r', _ => next });
        }
        return text.ToString();
    }

    private void Rewrite(History history)
    {
        string fresh = path + ".new";
        using (var stream = Open(fresh, FileMode.Create))
            foreach (string entry in history.Entries)
                stream.Write(Encoding.UTF8.GetBytes(Escape(entry) + "\n"));
        File.Move(fresh, path, overwrite: true);
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        var stream = new FileStream(path, options);
        // The mode above is for a new file; one that others could read is closed to them.
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(stream.SafeFileHandle) != Private)
            File.SetUnixFileMode(stream.SafeFileHandle, Private);
        return stream;
    }
}
