using System.Globalization;
using Quipu.Cli.Flags;
using Quipu.Gguf;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Makes one file of models, arguments and this program.</summary>
internal static class PackTool
{
    private const string Extension = ".llamafile";

    /// <summary>Packs.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        int count = flags.OperandsBeforeSeparator ?? flags.Operands.Count;
        string[] models = [.. flags.Operands.Take(count)];
        if (models.Length == 0)
            throw new UsageException("pack needs a model: quipu pack MODEL.gguf -o NAME.llamafile");
        var weights = ReadModels(models, flags);
        var stored = Arguments(flags, weights, [.. flags.Operands.Skip(count)]);
        string output = flags.Text(PackagingFlags.Output) ?? Stem(weights[0].Name) + Extension;
        foreach (string input in weights.Select(file => file.Path).Concat(flags.Texts(PackagingFlags.Add)))
        {
            if (Path.GetFullPath(input) == Path.GetFullPath(output))
                throw new UsageException($"-o {output} is one of the files to pack. Give another name.");
        }
        using var engine = PackagingTools.OpenEngine(flags);
        List<PackItem> items = [.. engine.Entries.Where(IsDocument).Select(entry => PackItem.Entry(engine, entry))];
        items.AddRange(flags.Texts(PackagingFlags.Add).Select(path => PackItem.File(Path.GetFileName(path), path)));
        if (flags.IsOn(PackagingFlags.External))
            items.Add(PackItem.Bytes(ContainerLayout.ExternalEntry, CopyBeside(output, weights, progress, cancellationToken)));
        else
            items.AddRange(weights.Select(file => PackItem.File(file.Name, file.Path)));
        items.Add(PackItem.Bytes(ContainerLayout.ArgumentsEntry, ArgumentsFile.Format(stored)));
        ContainerWriter.Write(output, ContainerWriter.EngineOf(engine), items, progress, cancellationToken);
        streams.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output}: {new FileInfo(output).Length / 1048576.0:0.0} MiB"));
        PackagingTools.NoteSize(output, streams.Error);
        return Failure.Success;
    }

    /// <summary>Whether an entry goes with the programs, such as their licence, and not with a model.</summary>
    public static bool IsDocument(ContainerEntry entry) =>
        !entry.IsFolder && !entry.IsGguf && entry.Name is "LICENSE" or "NOTICE";

    private static List<Weights> ReadModels(string[] models, ParsedFlags flags)
    {
        List<Weights> weights = [];
        foreach (string model in models)
        {
            // Whoever packs a damaged file shall learn it now.
            using var file = GgufFile.Open(model);
            bool projector = file.Metadata.GetStringOrNull("general.architecture") == "clip";
            weights.AddRange(file.Paths.Select(path => new Weights(Path.GetFileName(path), path, projector)));
        }
        if (flags.Text(PackagingFlags.Name) is not { } name)
            return weights;
        if (weights.Count != 1)
            throw new UsageException("--name is for a model of one file.");
        return [weights[0] with { Name = name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name : name + ".gguf" }];
    }

    private static List<string> Arguments(ParsedFlags flags, List<Weights> weights, string[] given)
    {
        List<string> stored = [];
        if (flags.Text(PackagingFlags.ArgumentsFrom) is { } path)
        {
            if (given.Length > 0)
                throw new UsageException("--args and -- both give arguments to carry: give one of them.");
            stored.AddRange(ArgumentsFile.Parse(File.ReadAllBytes(path), path));
        }
        else
        {
            if (weights.Find(file => !file.IsProjector) is { } model)
                stored.AddRange(["-m", model.Name]);
            // Only where this program knows what to do with it.
            if (weights.Find(file => file.IsProjector) is { } projector && FlagTable.Find("--mmproj", Modes.Chat) is not null)
                stored.AddRange(["--mmproj", projector.Name]);
            stored.AddRange(given);
            if (!given.Contains(ArgumentsFile.Rest))
                stored.Add(ArgumentsFile.Rest);
        }
        PackagingTools.CheckArguments(stored);
        return stored;
    }

    /// <summary>Puts the weights beside the container, where they are not there already, and describes them.</summary>
    private static byte[] CopyBeside(
        string output, List<Weights> weights, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        List<ExternalWeights> links = [];
        foreach (var file in weights)
        {
            if (!EntryNames.IsPlain(file.Name))
                throw new PackagingException($"'{file.Name}' is no name that every system can unpack. Rename the file.");
            string path = Path.Combine(folder, file.Name);
            bool there = path == Path.GetFullPath(file.Path);
            using var copy = there ? null : AtomicFile.Create(path);
            links.Add(Copy(file, copy?.Stream ?? Stream.Null, progress, cancellationToken));
            copy?.Finish(executable: false);
        }
        return ExternalWeights.Format(links);
    }

    private static ExternalWeights Copy(Weights file, Stream copy, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        using var input = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var hash = new Sha256();
        byte[] buffer = new byte[1 << 20];
        long length = 0;
        for (int count; (count = input.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.Append(buffer.AsSpan(0, count));
            copy.Write(buffer, 0, count);
            progress.Report(new PackProgress(file.Name, length += count, input.Length));
        }
        return new ExternalWeights(file.Name, length, hash.FinishHex());
    }

    private static string Stem(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        int part = stem.IndexOf("-00001-of-", StringComparison.Ordinal);
        return part > 0 ? stem[..part] : stem;
    }

    /// <summary>A GGUF to pack.</summary>
    private sealed record Weights(string Name, string Path, bool IsProjector);
}
