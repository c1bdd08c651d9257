using Quipu.Packaging.Zip;

namespace Quipu.Packaging;

/// <summary>Makes containers: a program, or the engine of all programs, and behind it the entries.</summary>
public static class ContainerWriter
{
    /// <summary>Writes a container. The file gets its name when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="writeHead">Writes what stands before the entries.</param>
    /// <param name="items">The entries; weights come first in the file.</param>
    /// <param name="progress">Told after each megabyte.</param>
    /// <param name="cancellationToken">Ends it; nothing remains.</param>
    /// <exception cref="PackagingException">Two entries have one name, a name cannot be unpacked everywhere, or content changed meanwhile.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read or written.</exception>
    public static void Write(
        string path, Action<Stream> writeHead, IReadOnlyList<PackItem> items, IProgress<PackProgress>? progress, CancellationToken cancellationToken)
    {
        CheckNames(items);
        using var file = AtomicFile.Create(path);
        writeHead(file.Stream);
        var zip = new ZipWriter(file.Stream);
        long total = items.Sum(item => item.Length), done = 0;
        // A stable order: weights first, since the first entry's place outlasts every tool's changes.
        foreach (var item in items.OrderBy(item => item.IsWeights ? 0 : 1))
        {
            using var content = item.Open();
            zip.Add(item.Name, content, item.Length, item.IsWeights ? ContainerLayout.WeightsAlignment : 1, Copied, cancellationToken);

            void Copied(int count)
            {
                done += count;
                progress?.Report(new PackProgress(item.Name, done, total));
            }
        }
        zip.Finish();
        file.Finish(executable: true);
    }

    /// <summary>Writes the engine of a container as the head of another.</summary>
    /// <exception cref="PackagingException">It has none.</exception>
    public static Action<Stream> EngineOf(Container container)
    {
        var engine = container.ReadEngine()
            ?? throw new PackagingException($"{container.Path} holds no programs of Quipu, so it cannot be the engine.");
        return output =>
        {
            using var head = container.OpenRange(0, engine.Length);
            head.CopyTo(output);
        };
    }

    /// <summary>Replaces the arguments of a container, in place.</summary>
    /// <remarks>
    /// Entry and directory are written behind the old directory, which stays valid until the new end record is on the disk: what is
    /// interrupted leaves the container as it was.
    /// </remarks>
    /// <param name="path">The container.</param>
    /// <param name="arguments">The text of the entry; null takes it away.</param>
    /// <exception cref="PackagingException">It is no container.</exception>
    /// <exception cref="IOException">It is in use or cannot be written.</exception>
    public static void ReplaceArguments(string path, byte[]? arguments)
    {
        IReadOnlyList<ContainerEntry> entries;
        using (var container = Container.Open(path))
        {
            if (container.IsRewritten)
                throw new PackagingException($"{path} was put together without adapting the ZIP's offsets. Adapt them first: zip -A {path}");
            entries = container.Entries;
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long before = file.Length;
        file.Position = before;
        try
        {
            var zip = new ZipWriter(file);
            zip.Keep(entries.Where(entry => entry.Name != ContainerLayout.ArgumentsEntry));
            if (arguments is not null)
            {
                using var content = new MemoryStream(arguments);
                zip.Add(ContainerLayout.ArgumentsEntry, content, arguments.Length, 1, _ => { }, CancellationToken.None);
            }
            zip.Finish();
            file.Flush(flushToDisk: true);
        }
        catch
        {
            file.SetLength(before);
            throw;
        }
    }

    private static void CheckNames(IReadOnlyList<PackItem> items)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items)
        {
            if (!EntryNames.IsSafePath(item.Name))
                throw new PackagingException($"'{item.Name}' is no name that every system can unpack. Rename the file.");
            if (!names.Add(item.Name))
                throw new PackagingException($"Two files are called '{item.Name}'. Rename one of them.");
        }
    }
}
