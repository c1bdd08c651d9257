using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Quipu.Gguf;

namespace Quipu.Packaging;

/// <summary>A link to weights that lie beside the container, because with them it would be too large for Windows.</summary>
/// <param name="Name">The file's name, without a folder.</param>
/// <param name="Length">Its size.</param>
/// <param name="Checksum">Its SHA-256, in lower-case hexadecimal digits.</param>
public sealed record ExternalWeights(string Name, long Length, string Checksum)
{
    private const int Limit = 1 << 20;

    /// <summary>Reads a container's links: lines of checksum, size and name.</summary>
    /// <exception cref="PackagingException">They are damaged.</exception>
    public static ImmutableArray<ExternalWeights> Read(Container container)
    {
        if (container.Find(ContainerLayout.ExternalEntry) is not { } entry)
            return [];
        string text = Encoding.UTF8.GetString(container.ReadAll(entry, Limit));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Parse(line, container.Path))];
    }

    /// <summary>Writes links.</summary>
    public static byte[] Format(IEnumerable<ExternalWeights> links) => Encoding.UTF8.GetBytes(string.Concat(
        links.Select(link => string.Create(CultureInfo.InvariantCulture, $"{link.Checksum} {link.Length} {link.Name}\n"))));

    /// <summary>Where the weights lie: beside the container.</summary>
    /// <exception cref="PackagingException">They are not there, or have another size.</exception>
    public string Locate(string container)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(container))!, Name);
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new PackagingException($"{path} is missing: the weights of {container}. Put the two files into one folder.");
        return file.Length == Length
            ? path
            : throw new PackagingException($"{path} has {file.Length} bytes, but the weights of {container} have {Length}. It is another file, or cut off.");
    }

    /// <summary>Checks the file's content.</summary>
    /// <exception cref="PackagingException">It is missing or another file.</exception>
    public void Verify(string container, CancellationToken cancellationToken)
    {
        string path = Locate(container);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
        var hash = new Sha256();
        byte[] buffer = new byte[1 << 20];
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.Append(buffer.AsSpan(0, count));
        }
        if (hash.FinishHex() != Checksum)
            throw new PackagingException($"{path} is not the file that {container} was packed with: its checksum is another.");
    }

    private static ExternalWeights Parse(string line, string path)
    {
        string[] parts = line.Split(' ', 3);
        bool valid = parts.Length == 3 && parts[0].Length == 64 && parts[0].All(char.IsAsciiHexDigitLower)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _) && EntryNames.IsPlain(parts[2]);
        return valid
            ? new ExternalWeights(parts[2], long.Parse(parts[1], CultureInfo.InvariantCulture), parts[0])
            : throw new PackagingException($"{path}: the link '{line}' in {ContainerLayout.ExternalEntry} is damaged.");
    }
}
