using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Puts new programs into a container and keeps its weights: one of ours, or a llamafile of others.</summary>
internal static class UpgradeTool
{
    /// <summary>Upgrades.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        string path = PackagingTools.SingleFile(flags);
        string output = flags.Text(PackagingFlags.Output) ?? path;
        using var old = Container.Open(path);
        using var engine = PackagingTools.OpenEngine(flags);
        bool ours = old.ReadEngine() is not null;
        // Of others the weights and arguments alone: the rest, such as time zones and pages, belongs to their program.
        var kept = old.Entries.Where(entry => !entry.IsFolder && !PackTool.IsDocument(entry)
            && (ours || entry.IsGguf || entry.Name == ContainerLayout.ArgumentsEntry));
        List<PackItem> items =
        [
            .. kept.GroupBy(entry => entry.Name).Select(same => PackItem.Entry(old, same.Last())),
            .. engine.Entries.Where(PackTool.IsDocument).Select(entry => PackItem.Entry(engine, entry)),
        ];
        if (!items.Exists(item => item.IsWeights) && !ours)
            throw new PackagingException($"{path} holds no GGUF, so there is nothing to keep.");
        var stored = ArgumentsFile.Read(old) ?? [];
        ContainerWriter.Write(output, ContainerWriter.EngineOf(engine), items, progress, cancellationToken);
        streams.Output.WriteLine($"{output}: quipu {engine.ReadEngine()!.Version}");
        try
        {
            PackagingTools.CheckArguments(stored);
        }
        catch (UsageException error)
        {
            streams.Error.WriteLine($"note: {error.Message} Replace them: quipu args {output} -- …");
        }
        PackagingTools.NoteSize(output, streams.Error);
        return Failure.Success;
    }
}
