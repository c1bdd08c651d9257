using System.Text;
using Quipu.Gguf;
using Quipu.Packaging.Programs;

namespace Quipu.Packaging;

/// <summary>Puts the programs of all platforms into one file that Windows starts as a program and a Unix shell as a script.</summary>
public static class ContainerEngineWriter
{
    /// <summary>Writes the engine: a container lacks only its entries.</summary>
    /// <param name="version">The programs' version: letters, digits, dots, hyphens.</param>
    /// <param name="windows">The Windows program.</param>
    /// <param name="programs">Those that gzip compresses, each by its target.</param>
    /// <param name="streams">Those that are compressed together.</param>
    /// <param name="output">Where to write; at its beginning, and able to seek back.</param>
    /// <exception cref="PackagingException">The Windows program cannot be used.</exception>
    public static void Write(
        string version, byte[] windows, IReadOnlyList<(string Target, byte[] Program)> programs, IReadOnlyList<ProgramStream> streams, Stream output) =>
        Write(version, windows, programs, streams, output, "/proc/cpuinfo");

    internal static void Write(
        string version, byte[] windows, IReadOnlyList<(string Target, byte[] Program)> programs, IReadOnlyList<ProgramStream> streams, Stream output,
        string cpuInfo)
    {
        byte[] portable = [.. windows];
        int windowsHeader = PortableExecutable.MoveHeader(portable);
        output.Write(portable);
        List<Payload> payloads = [];
        foreach (var (target, program) in programs)
        {
            Pad(output, 0);
            byte[] compressed = GzipBlocks.Compress(program);
            payloads.Add(new Payload(
                target, output.Position, compressed.Length, program.Length, Sha256.HashHex(program)));
            output.Write(compressed);
        }
        foreach (var stream in streams)
        {
            Pad(output, 0);
            long offset = output.Position;
            long length = ContainerLayout.Align(stream.Compressed.Length, ContainerLayout.BlockBytes);
            foreach (var (target, program, skip) in stream.Programs)
                payloads.Add(new Payload(target, offset, length, program.Length, Sha256.HashHex(program), skip, stream.Extractor));
            output.Write(stream.Compressed);
        }
        Pad(output, 0);
        long launcherBlock = output.Position / ContainerLayout.BlockBytes;
        // Twice: the text holds the checksum of the Windows program, whose first bytes hold where the text is and how long.
        var unsummed = new Payload(Payload.WindowsTarget, 0, portable.Length, portable.Length, new string('0', 64));
        HeaderScript.Write(windowsHeader, launcherBlock, LauncherFor(unsummed)).CopyTo(portable, 0);
        byte[] launcher = LauncherFor(unsummed with { Sha256 = ContainerEngine.HashWindows(new MemoryStream(portable)) });
        byte[] header = HeaderScript.Write(windowsHeader, launcherBlock, launcher);
        output.Write(launcher);
        // Newlines, which the shell's $(…) takes away.
        Pad(output, (byte)'\n');
        long end = output.Position;
        output.Position = 0;
        output.Write(header);
        output.Position = end;

        byte[] LauncherFor(Payload windowsProgram) => Encoding.ASCII.GetBytes(Launcher.Write(version, windowsProgram, payloads, cpuInfo));
    }

    private static void Pad(Stream output, byte value)
    {
        byte[] padding = new byte[ContainerLayout.Align(output.Position, ContainerLayout.BlockBytes) - output.Position];
        padding.AsSpan().Fill(value);
        output.Write(padding);
    }
}
