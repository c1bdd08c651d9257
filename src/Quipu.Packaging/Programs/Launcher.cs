using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Quipu.Packaging.Programs;

/// <summary>
/// The shell text that chooses and extracts a program. Its table of programs is the only one: it is written here and read back from
/// the text, so the two cannot differ.
/// </summary>
internal static partial class Launcher
{
    /// <summary>Writes the text for programs.</summary>
    /// <param name="version">The version that the text names.</param>
    /// <param name="windows">The Windows program.</param>
    /// <param name="payloads">The other programs.</param>
    /// <param name="cpuInfo">Where Linux tells the processor's instruction sets.</param>
    public static string Write(string version, Payload windows, IReadOnlyList<Payload> payloads, string cpuInfo = "/proc/cpuinfo")
    {
        using var stream = typeof(Launcher).Assembly.GetManifestResourceStream("launcher.sh")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        string table = string.Concat(payloads.Select(payload => string.Create(
            CultureInfo.InvariantCulture,
            $"{payload.Target}) k={payload.Offset / ContainerLayout.BlockBytes} n={payload.CompressedLength / ContainerLayout.BlockBytes} "
            + $"z={payload.Length} h={payload.Sha256}{(payload.Extractor is null ? "" : $" s={payload.Skip} e={payload.Extractor}")};;\n")));
        // Trailing newlines would be lost in the shell's $(…), and with them the checksum.
        return reader.ReadToEnd().TrimEnd('\n')
            .Replace("@VERSION@", version, StringComparison.Ordinal)
            .Replace("@WINDOWS@", string.Create(CultureInfo.InvariantCulture, $"{windows.Target} z={windows.Length} h={windows.Sha256}"), StringComparison.Ordinal)
            .Replace("@CPUINFO@", cpuInfo, StringComparison.Ordinal)
            .Replace("@TARGETS@", string.Join(", ", payloads.Where(payload => !payload.IsExtractor).Select(payload => payload.Target)), StringComparison.Ordinal)
            .Replace("@HASHES@", string.Join(' ', payloads.Select(payload => payload.Sha256)), StringComparison.Ordinal)
            .Replace("@TABLE@", table, StringComparison.Ordinal);
    }

    /// <summary>Reads the programs back from the text.</summary>
    public static ImmutableArray<Payload> ReadTable(string text) =>
        [.. TableRow().Matches(text).Select(match => new Payload(
            match.Groups["target"].Value,
            Number(match, "block") * ContainerLayout.BlockBytes,
            Number(match, "blocks") * ContainerLayout.BlockBytes,
            Number(match, "length"),
            match.Groups["hash"].Value,
            match.Groups["extractor"].Success ? Number(match, "skip") : 0,
            match.Groups["extractor"].Success ? match.Groups["extractor"].Value : null))];

    /// <summary>Reads the Windows program back from the text; null where it says nothing of it.</summary>
    public static Payload? ReadWindows(string text) => WindowsLine().Match(text) is { Success: true } match
        ? new Payload(Payload.WindowsTarget, 0, Number(match, "length"), Number(match, "length"), match.Groups["hash"].Value)
        : null;

    /// <summary>The version that the text names.</summary>
    public static string ReadVersion(string text) => VersionLine().Match(text).Groups["version"].Value;

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<target>[a-z0-9-]{1,32})\) k=(?<block>[0-9]{1,12}) n=(?<blocks>[0-9]{1,12}) z=(?<length>[0-9]{1,12}) h=(?<hash>[0-9a-f]{64})" +
        @"( s=(?<skip>[0-9]{1,12}) e=(?<extractor>[a-z0-9-]{1,32}))?;;$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^#" + Payload.WindowsTarget + @" z=(?<length>[0-9]{1,10}) h=(?<hash>[0-9a-f]{64})$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex WindowsLine();

    [GeneratedRegex(@"^#quipu (?<version>\S+) launcher", RegexOptions.CultureInvariant)]
    private static partial Regex VersionLine();
}
