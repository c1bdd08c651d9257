using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Quipu.Packaging.Programs;

/// <summary>
/// The first bytes of the container: a DOS header for Windows, and for a shell an assignment, whose quoted value hides the binary part
/// of that header, and one line that reads the launcher, checks it and runs it.
/// </summary>
internal static partial class HeaderScript
{
    /// <summary>Where a DOS header holds the place of the Windows header.</summary>
    public const int WindowsHeaderField = 0x3c;

    /// <summary>
    /// How a container begins. The newline comes before any zero byte, and letters are among the first ones: that is how shells tell
    /// a script from a binary.
    /// </summary>
    public static ReadOnlySpan<byte> Magic => "MZqFpD='\n"u8;

    /// <summary>How much of the file is searched for the line.</summary>
    public const int SearchBytes = 4096;

    /// <summary>Writes the bytes before the Windows header.</summary>
    /// <param name="windowsHeader">Where that is.</param>
    /// <param name="launcherBlock">The launcher's first block.</param>
    /// <param name="launcher">The launcher.</param>
    /// <exception cref="PackagingException">There is too little room before the Windows header.</exception>
    public static byte[] Write(int windowsHeader, long launcherBlock, byte[] launcher)
    {
        int blocks = (launcher.Length + ContainerLayout.BlockBytes - 1) / ContainerLayout.BlockBytes;
        // Zero bytes of a damaged file make bash complain before our sentence comes, so that is silenced.
        string line = string.Create(CultureInfo.InvariantCulture,
            $"\n'\no=$0;[ -r \"$o\" ]||o=$(command -v \"$o\");{{ s=$(dd if=\"$o\" bs={ContainerLayout.BlockBytes} skip={launcherBlock} count={blocks});}} 2>/dev/null;"
            + $"case $(printf %s \"$s\"|cksum) in \"{PosixChecksum.Of(launcher)} {launcher.Length}\"*)eval \"$s\";;esac;"
            + $"echo \"$o: the file is damaged: fetch it again\">&2;exit 126\n");
        byte[] header = new byte[windowsHeader];
        header.AsSpan().Fill((byte)'\n');
        Magic.CopyTo(header);
        header.AsSpan(Magic.Length, WindowsHeaderField - Magic.Length).Fill((byte)' ');
        BitConverter.TryWriteBytes(header.AsSpan(WindowsHeaderField), windowsHeader);
        byte[] bytes = Encoding.ASCII.GetBytes(line);
        if (bytes.Length > windowsHeader - WindowsHeaderField - sizeof(int))
            throw new PackagingException($"The Windows program has its header at byte {windowsHeader}: too near for the {bytes.Length} bytes of script.");
        bytes.CopyTo(header, WindowsHeaderField + sizeof(int));
        return header.Count((byte)'\'') == 2
            ? header
            : throw new PackagingException($"The Windows header may not lie at byte {windowsHeader}: that number holds a quotation mark.");
    }

    /// <summary>Finds the launcher: its block, its length and its checksum; null where there is no such line.</summary>
    public static (long Block, int Length, uint Checksum)? Find(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith(Magic))
            return null;
        Match match = Line().Match(Encoding.Latin1.GetString(head));
        return match.Success && uint.TryParse(match.Groups["sum"].ValueSpan, CultureInfo.InvariantCulture, out uint sum)
            ? (long.Parse(match.Groups["block"].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(match.Groups["length"].ValueSpan, CultureInfo.InvariantCulture), sum)
            : null;
    }

    /// <summary>
    /// What of the first bytes does not depend on the launcher's text: all but its checksum, and the newlines behind the line, whose number
    /// depends on the checksum's digits.
    /// </summary>
    /// <param name="header">The bytes before the Windows header.</param>
    public static byte[] WithoutChecksum(ReadOnlySpan<byte> header)
    {
        string text = Encoding.Latin1.GetString(header);
        if (Line().Match(text) is { Success: true } match)
            text = text.Remove(match.Groups["sum"].Index, match.Groups["sum"].Length);
        return Encoding.Latin1.GetBytes(text.TrimEnd('\n'));
    }

    [GeneratedRegex(@"skip=(?<block>[0-9]{1,12}) count=[0-9]{1,4}\).*?in ""(?<sum>[0-9]{1,10}) (?<length>[0-9]{1,7})""\*\)eval",
        RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
