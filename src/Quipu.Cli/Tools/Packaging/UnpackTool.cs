using System.IO.Hashing;
using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Writes the entries of a container into a folder.</summary>
internal static class UnpackTool
{
    /// <summary>Unpacks.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        if (flags.Operands.Count == 0)
            throw new UsageException("unpack needs a container: quipu unpack FILE [NAME…] [-o FOLDER]");
        using var container = Container.Open(flags.Operands[0]);
        string folder = flags.Text(PackagingFlags.Output) ?? ".";
        List<ContainerEntry> entries = [.. flags.Operands.Skip(1).Select(name => container.Find(name)
            ?? throw new PackagingException($"{container.Path} has no entry '{name}'. 'quipu ls' lists them."))];
        if (entries.Count == 0)
            entries.AddRange(container.Entries.Where(entry => !entry.IsFolder));
        foreach (var entry in entries)
        {
            if (!EntryNames.IsSafePath(entry.Name))
                throw new PackagingException($"{container.Path}: the entry '{entry.Name}' would leave the folder. Nothing was written for it.");
            string path = Path.Combine(folder, entry.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var file = AtomicFile.Create(path);
            Copy(container, entry, file.Stream, progress, cancellationToken);
            file.Finish(executable: false);
            streams.Output.WriteLine(path);
        }
        return Failure.Success;
    }

    private static void Copy(
        Container container, ContainerEntry entry, Stream output, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        using var input = container.OpenEntry(entry);
        var crc = new Crc32();
        byte[] buffer = new byte[1 << 20];
        long length = 0;
        for (int count; length <= entry.Length && (count = input.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            crc.Append(buffer.AsSpan(0, count));
            output.Write(buffer, 0, count);
            progress.Report(new PackProgress(entry.Name, length += count, entry.Length));
        }
        if (length != entry.Length || crc.GetCurrentHashAsUInt32() != entry.Crc32)
            throw new PackagingException($"{container.Path}: the entry '{entry.Name}' is damaged: its checksum is wrong. Fetch the file again.");
    }
}
