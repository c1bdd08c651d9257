using System.Collections.Immutable;
using System.IO.Hashing;
using Quipu.Gguf;

namespace Quipu.Packaging;

/// <summary>What a check of one part gave.</summary>
/// <param name="Part">What was checked.</param>
/// <param name="Problem">What is wrong; null where nothing is.</param>
/// <param name="Note">What is worth knowing though nothing is wrong.</param>
public sealed record VerifiedPart(string Part, string? Problem = null, string? Note = null);

/// <summary>Checks all of a container: launcher, programs, the ZIP and its entries, the GGUFs, the arguments, files beside it.</summary>
public static class ContainerVerifier
{
    /// <summary>Checks a container, part by part.</summary>
    /// <param name="container">The container.</param>
    /// <param name="progress">Told after each megabyte of an entry.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IEnumerable<VerifiedPart> Verify(Container container, IProgress<PackProgress>? progress, CancellationToken cancellationToken)
    {
        ContainerEngine? engine = null;
        yield return Check("launcher", () =>
        {
            engine = container.ReadEngine();
            return engine is null ? "no programs of Quipu in it" : $"quipu {engine.Version}";
        });
        if (engine is not null)
        {
            yield return Check($"program {Payload.WindowsTarget}", () =>
            {
                if (engine.Windows is null)
                    return "without a checksum: 'quipu upgrade' gives it one";
                ContainerEngine.CheckWindows(container, engine.Windows);
                return null;
            });
        }
        foreach (var payload in engine?.Payloads ?? [])
        {
            yield return Check($"program {payload.Target}", () =>
            {
                ContainerEngine.Extract(container, payload, Stream.Null);
                return null;
            });
        }
        yield return Check("directory", () => CheckDirectory(container, engine));
        long total = container.Entries.Sum(entry => entry.Length), done = 0;
        foreach (var entry in container.Entries)
        {
            yield return Check($"entry {entry.Name}", () => CheckEntry(container, entry, count =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                done += count;
                progress?.Report(new PackProgress(entry.Name, done, total));
            }));
        }
        foreach (var part in CheckModels(container))
            yield return part;
        yield return Check("arguments", () => ArgumentsFile.Read(container) is null ? "none" : null);
        foreach (var link in ReadLinks(container))
        {
            yield return Check($"file {link.Name} beside it", () =>
            {
                link.Verify(container.Path, cancellationToken);
                return null;
            });
        }
    }

    private static ImmutableArray<ExternalWeights> ReadLinks(Container container)
    {
        try
        {
            return ExternalWeights.Read(container);
        }
        catch (PackagingException)
        {
            return []; // The entry's own check says so.
        }
    }

    private static IEnumerable<VerifiedPart> CheckModels(Container container)
    {
        var locator = new WeightsLocator(null);
        foreach (var entry in container.Entries.Where(entry => entry.IsGguf))
        {
            yield return Check($"model {entry.Name}", () =>
            {
                if (WeightsLocator.IsLaterPart(entry.Name))
                    return "a part of a set";
                using var file = GgufFile.Open($"{container.Path}@{entry.Name}", locator.Locate);
                return $"{file.Tensors.Count} tensors";
            });
        }
    }

    private static string? CheckDirectory(Container container, ContainerEngine? engine)
    {
        long end = engine?.Length ?? 0;
        foreach (var entry in container.Entries.OrderBy(entry => entry.HeaderOffset))
        {
            if (entry.HeaderOffset < end)
                throw new PackagingException($"the entry '{entry.Name}' begins at byte {entry.HeaderOffset}, within what stands before it");
            end = container.DataOffset(entry) + entry.CompressedLength;
        }
        if (container.Entries.GroupBy(entry => entry.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new PackagingException($"the entry '{twice.Key}' is there {twice.Count()} times");
        return container.IsRewritten ? "its offsets are those of the archive alone" : null;
    }

    private static string? CheckEntry(Container container, ContainerEntry entry, Action<int> read)
    {
        long offset = container.DataOffset(entry);
        using var stream = container.OpenEntry(entry);
        var crc = new Crc32();
        byte[] buffer = new byte[1 << 20];
        long length = 0;
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            crc.Append(buffer.AsSpan(0, count));
            length += count;
            read(count);
            if (length > entry.Length)
                break;
        }
        if (length != entry.Length)
            throw new PackagingException($"it has {(length > entry.Length ? "more" : "fewer")} bytes than the {entry.Length} that the directory says");
        if (crc.GetCurrentHashAsUInt32() != entry.Crc32)
            throw new PackagingException("its checksum is wrong: the file is damaged");
        if (!entry.IsGguf)
            return null;
        if (!entry.IsStored)
            throw new PackagingException("it is compressed, so it cannot be mapped. Put it in with 'quipu pack' or 'zip -0'");
        return offset % ContainerLayout.WeightsAlignment == 0
            ? $"aligned to {ContainerLayout.WeightsAlignment} bytes" : $"at byte {offset}, no multiple of {ContainerLayout.WeightsAlignment}: 'quipu upgrade' aligns it";
    }

    private static VerifiedPart Check(string part, Func<string?> check)
    {
        try
        {
            return new VerifiedPart(part, Note: check());
        }
        catch (Exception error) when (error is PackagingException or GgufException or InvalidDataException or IOException)
        {
            return new VerifiedPart(part, error.Message);
        }
    }
}
