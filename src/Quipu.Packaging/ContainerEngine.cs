using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Quipu.Gguf;
using Quipu.Packaging.Programs;

namespace Quipu.Packaging;

/// <summary>The programs at the beginning of a container: the one for Windows, the compressed others, and the launcher.</summary>
public sealed class ContainerEngine
{
    // Far above what a program has; a claim beyond it is damage.
    private const long LargestProgram = 1 << 30;
    private const int LargestLauncher = 1 << 20;

    private ContainerEngine(string version, Payload? windows, ImmutableArray<Payload> payloads, long length)
    {
        Version = version;
        Windows = windows;
        Payloads = payloads;
        Length = length;
    }

    /// <summary>The version of the programs.</summary>
    public string Version { get; }

    /// <summary>The Windows program, which the container itself is; null in containers of early versions, which say nothing of it.</summary>
    public Payload? Windows { get; }

    /// <summary>The other programs.</summary>
    public IReadOnlyList<Payload> Payloads { get; }

    /// <summary>How many bytes of the container it takes; entries follow.</summary>
    public long Length { get; }

    /// <summary>Reads the programs of a file, or returns null where it has none of ours.</summary>
    /// <exception cref="PackagingException">Header or launcher are damaged.</exception>
    internal static ContainerEngine? TryRead(SafeFileHandle file, string path)
    {
        byte[] head = new byte[HeaderScript.SearchBytes];
        int headLength = RandomAccess.Read(file, head, 0);
        if (!head.AsSpan(0, headLength).StartsWith(HeaderScript.Magic))
            return null;
        // Other llamafiles begin with the same letters; ours have our line behind them.
        if (HeaderScript.Find(head.AsSpan(0, headLength)) is not var (block, length, checksum))
            return head.AsSpan(0, headLength).IndexOf("cksum"u8) >= 0 ? throw Damaged(path, "its header is changed") : null;
        long fileLength = RandomAccess.GetLength(file);
        long offset = block * ContainerLayout.BlockBytes;
        if (length > LargestLauncher || offset > fileLength - length)
            throw Damaged(path, $"its launcher should be {length} bytes at byte {offset}");
        byte[] launcher = new byte[length];
        if (RandomAccess.Read(file, launcher, offset) != length || PosixChecksum.Of(launcher) != checksum)
            throw Damaged(path, $"the checksum of its launcher, {length} bytes at byte {offset}, is wrong");
        // The shell reads whole blocks, and drops newlines only: anything else there would be text whose checksum is wrong.
        byte[] padding = new byte[ContainerLayout.Align(length, ContainerLayout.BlockBytes) - length];
        if (RandomAccess.Read(file, padding, offset + length) != padding.Length || padding.AsSpan().ContainsAnyExcept((byte)'\n'))
            throw Damaged(path, $"there is something behind its launcher, {length} bytes at byte {offset}");
        string text = Encoding.Latin1.GetString(launcher);
        var payloads = Launcher.ReadTable(text);
        long end = offset + ContainerLayout.Align(length, ContainerLayout.BlockBytes);
        foreach (Payload payload in payloads)
        {
            if (payload.Offset > offset - payload.CompressedLength || payload.CompressedLength > LargestProgram
                || payload.Length > LargestProgram || payload.Skip > LargestProgram - payload.Length)
                throw Damaged(path, $"its program for {payload.Target} should be {payload.CompressedLength} bytes at byte {payload.Offset}");
        }
        var windows = Launcher.ReadWindows(text);
        if (windows?.Length > offset)
            throw Damaged(path, $"its Windows program should have {windows.Length} bytes");
        return new ContainerEngine(Launcher.ReadVersion(text), windows, payloads, end);
    }

    /// <summary>Checks the Windows program, which nothing checks before it runs.</summary>
    /// <param name="container">Where it is.</param>
    /// <param name="windows">What the launcher says of it.</param>
    /// <exception cref="PackagingException">It is damaged.</exception>
    public static void CheckWindows(Container container, Payload windows)
    {
        using var program = container.OpenRange(0, windows.Length);
        if (HashWindows(program) != windows.Sha256)
            throw new PackagingException($"{container.Path}: the program for {windows.Target} is damaged: its checksum is wrong. Fetch the file again.");
    }

    /// <summary>The checksum of the Windows program: see <see cref="Payload.WindowsTarget"/>.</summary>
    internal static string HashWindows(Stream program)
    {
        byte[] head = new byte[HeaderScript.SearchBytes];
        int length = program.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        // A damaged place of the Windows header changes the checksum too, wherever it points to.
        int script = Math.Clamp(BitConverter.ToInt32(head, HeaderScript.WindowsHeaderField), 0, length);
        var hash = new Sha256();
        hash.Append(HeaderScript.WithoutChecksum(head.AsSpan(0, script)));
        hash.Append(head.AsSpan(script, length - script));
        byte[] buffer = new byte[1 << 16];
        for (int count; (count = program.Read(buffer)) > 0;)
            hash.Append(buffer.AsSpan(0, count));
        return hash.FinishHex();
    }

    /// <summary>Writes a program as it was before it was put into the container.</summary>
    /// <param name="container">Where it is.</param>
    /// <param name="payload">Which.</param>
    /// <param name="output">Where to write.</param>
    /// <exception cref="PackagingException">It is damaged.</exception>
    public static void Extract(Container container, Payload payload, Stream output)
    {
        try
        {
            bool whole = payload.Extractor is null ? ExtractGzip(container, payload, output) : ExtractLzma(container, payload, output);
            if (whole)
                return;
        }
        catch (InvalidDataException error)
        {
            throw new PackagingException($"{container.Path}: the program for {payload.Target} is damaged: {error.Message} Fetch the file again.", error);
        }
        throw new PackagingException($"{container.Path}: the program for {payload.Target} is damaged: its checksum is wrong. Fetch the file again.");
    }

    private static bool ExtractGzip(Container container, Payload payload, Stream output)
    {
        var hash = new Sha256();
        long left = payload.Length;
        byte[] buffer = new byte[1 << 16];
        using var gzip = new GZipStream(container.OpenRange(payload.Offset, payload.CompressedLength), CompressionMode.Decompress);
        // A damaged stream may hold more than it should; no more than that is written.
        for (int count; (count = gzip.Read(buffer)) > 0 && (left -= count) >= 0;)
        {
            hash.Append(buffer.AsSpan(0, count));
            output.Write(buffer, 0, count);
        }
        return left == 0 && hash.FinishHex() == payload.Sha256;
    }

    private static bool ExtractLzma(Container container, Payload payload, Stream output)
    {
        byte[] compressed = new byte[payload.CompressedLength], programs = new byte[payload.Skip + payload.Length];
        using (var range = container.OpenRange(payload.Offset, payload.CompressedLength))
            range.ReadExactly(compressed);
        LzmaDecoder.Decode(compressed, programs);
        var program = programs.AsSpan((int)payload.Skip);
        if (Sha256.HashHex(program) != payload.Sha256)
            return false;
        output.Write(program);
        return true;
    }

    private static PackagingException Damaged(string path, string problem) => new($"{path} is damaged: {problem}. Fetch it again.");
}
