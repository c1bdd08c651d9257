namespace Quipu.Packaging;

/// <summary>
/// A file that gets its name when it is complete: until then it is another beside it, which disappears when it is not finished.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _finished;

    private AtomicFile(string path, string temporary, FileStream stream)
    {
        _path = path;
        _temporary = temporary;
        Stream = stream;
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its name when it is complete; what has it now stays until then.</param>
    /// <exception cref="IOException">The folder is missing or full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static AtomicFile Create(string path)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new PackagingException($"{path} is a folder. Give the name of a file with -o.");
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        return new AtomicFile(path, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16));
    }

    /// <summary>Gives the file its name.</summary>
    /// <param name="executable">Whether it is a program.</param>
    public void Finish(bool executable)
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        if (executable && !OperatingSystem.IsWindows())
        {
            // As the compiler's: whoever may read it may run it.
            var mode = File.GetUnixFileMode(_temporary);
            if (mode.HasFlag(UnixFileMode.UserRead)) mode |= UnixFileMode.UserExecute;
            if (mode.HasFlag(UnixFileMode.GroupRead)) mode |= UnixFileMode.GroupExecute;
            if (mode.HasFlag(UnixFileMode.OtherRead)) mode |= UnixFileMode.OtherExecute;
            File.SetUnixFileMode(_temporary, mode);
        }
        File.Move(_temporary, _path, overwrite: true);
        _finished = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Stream.Dispose(); // What it still holds may not fit the disk.
        }
        finally
        {
            if (!_finished)
                File.Delete(_temporary);
        }
    }
}
