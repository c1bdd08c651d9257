using System.Text.RegularExpressions;
using Quipu.Gguf;

namespace Quipu.Packaging;

/// <summary>
/// Finds the GGUF that a name means: a file, a container that holds one model, an entry as <c>CONTAINER@NAME.gguf</c>, or an entry of
/// the container that the program itself came in.
/// </summary>
/// <param name="ownContainer">That container, or null.</param>
public sealed partial class WeightsLocator(string? ownContainer)
{
    // llamafile shows entries of its own container under this folder.
    private const string OwnFolder = "/zip/";

    /// <summary>Where the GGUF lies.</summary>
    /// <exception cref="PackagingException">A container is damaged, or holds no model or several.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or entry.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder or may not be read.</exception>
    public GgufSource Locate(string name)
    {
        if (File.Exists(name))
            return IsGguf(name) ? GgufSource.File(name) : InFile(name);
        for (int at = name.IndexOf('@', StringComparison.Ordinal); at > 0; at = name.IndexOf('@', at + 1))
        {
            if (File.Exists(name[..at]))
                return Entry(name[..at], name[(at + 1)..]);
        }
        if (ownContainer is not null && Own(name) is { } own)
            return own;
        string place = ownContainer is null ? "" : $", nor is it in {ownContainer}";
        throw new FileNotFoundException($"{name} is missing{place}. Is the path right?", name);
    }

    /// <summary>The model that a container runs when no other is asked for, or null where it holds none.</summary>
    /// <exception cref="PackagingException">The container is damaged, or it holds several and its arguments choose none.</exception>
    public static string? DefaultModel(string container)
    {
        using var archive = Container.Open(container);
        if (StoredModel(archive) is { } stored)
            return stored;
        var models = Models(archive);
        return models.Count switch
        {
            0 => null,
            1 => $"{container}@{models[0]}",
            _ => throw Several(container, models),
        };
    }

    /// <summary>The models of a container: its GGUFs but later parts of split sets and projectors.</summary>
    /// <exception cref="PackagingException">The list of files beside it is damaged.</exception>
    public static IReadOnlyList<string> Models(Container container) =>
        [.. container.Entries.Where(entry => entry.IsGguf).Select(entry => entry.Name)
            .Concat(ExternalWeights.Read(container).Select(link => link.Name))
            .Distinct().Where(name => !IsLaterPart(name) && !IsProjector(name))];

    /// <summary>The last -m of a container's arguments.</summary>
    private static string? StoredModel(Container container)
    {
        var stored = ArgumentsFile.Read(container) ?? [];
        for (int i = stored.Count - 1; i >= 0; i--)
        {
            if (i > 0 && stored[i - 1] is "-m" or "--model")
                return stored[i];
            foreach (string flag in (string[])["-m=", "--model="])
            {
                if (stored[i].StartsWith(flag, StringComparison.Ordinal))
                    return stored[i][flag.Length..];
            }
        }
        return null;
    }

    private static bool IsGguf(string path)
    {
        Span<byte> magic = stackalloc byte[4];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return RandomAccess.Read(file, magic, 0) == magic.Length && magic.SequenceEqual("GGUF"u8);
    }

    private static GgufSource InFile(string path)
    {
        using var container = Container.TryOpen(path);
        // What is neither gets the sentence about the letters GGUF.
        if (container is null)
            return GgufSource.File(path);
        var models = Models(container);
        return models.Count switch
        {
            0 => throw new PackagingException($"{path} holds no GGUF. Give a model with -m FILE."),
            1 => Entry(path, models[0]),
            // Of several the one that the container itself would run.
            _ => Entry(path, RunByItself(container, models) ?? throw Several(path, models)),
        };
    }

    private static string? RunByItself(Container container, IReadOnlyList<string> models)
    {
        string? entry = StoredModel(container) is { } stored ? WithoutFolder(stored) : null;
        return models.Contains(entry) ? entry : null;
    }

    private GgufSource? Own(string name)
    {
        string entry = WithoutFolder(name);
        using var container = Container.Open(ownContainer!);
        bool known = container.Find(entry) is not null || ExternalWeights.Read(container).Any(link => link.Name == entry);
        return known ? Entry(ownContainer!, entry) : null;
    }

    private static GgufSource Entry(string path, string name)
    {
        using var container = Container.Open(path);
        if (container.Find(name) is { } entry)
        {
            if (!entry.IsStored)
            {
                throw new PackagingException(
                    $"{path}: the entry '{name}' is compressed, so it cannot be mapped. Put it in with 'quipu pack', or with 'zip -0'.");
            }
            return new GgufSource($"{path}@{name}", path, container.DataOffset(entry), entry.Length) { ShortName = Path.GetFileName(name) };
        }
        var link = ExternalWeights.Read(container).FirstOrDefault(link => link.Name == name)
            ?? throw new FileNotFoundException($"{path} has no entry '{name}'. It has: {string.Join(", ", Models(container))}.", name);
        return GgufSource.File(link.Locate(path)) with { Name = $"{path}@{name}", ShortName = name };
    }

    private static string WithoutFolder(string name) => name.StartsWith(OwnFolder, StringComparison.Ordinal) ? name[OwnFolder.Length..] : name;

    private static PackagingException Several(string path, IReadOnlyList<string> models) =>
        new($"{path} holds {models.Count} models: {string.Join(", ", models)}. Choose one: -m {path}@{models[0]}");

    private static bool IsProjector(string name) => Path.GetFileName(name).Contains("mmproj", StringComparison.OrdinalIgnoreCase);

    internal static bool IsLaterPart(string name) => PartName().Match(name) is { Success: true } match && match.Groups["number"].Value != "00001";

    [GeneratedRegex(@"-(?<number>[0-9]{5})-of-[0-9]{5}\.gguf\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex PartName();
}
