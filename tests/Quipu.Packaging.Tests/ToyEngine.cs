using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Quipu.Packaging;

namespace Quipu.Testing;

/// <summary>Programs small enough to pack in a moment: a Windows program that is a header only, and shell scripts for the rest.</summary>
internal static class ToyEngine
{
    /// <summary>The targets of a release but Windows.</summary>
    public static readonly string[] Targets = ["linux-x64-v4", "linux-x64-avx", "linux-x64", "linux-arm64", "osx-x64", "osx-arm64"];

    /// <summary>A 64-bit PE with one section and its header where lld puts it.</summary>
    /// <param name="headerBytes">What the program says of its headers' size.</param>
    public static byte[] Windows(int headerBytes = 0x1000)
    {
        byte[] program = new byte[headerBytes + 0x200];
        "MZ"u8.CopyTo(program);
        program[0x3c] = 0x78;
        var header = program.AsSpan(0x78);
        "PE\0\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 0x8664);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 240);
        BinaryPrimitives.WriteUInt16LittleEndian(header[24..], 0x20b);
        BinaryPrimitives.WriteInt32LittleEndian(header[(24 + 60)..], headerBytes);
        ".text"u8.CopyTo(header[(24 + 240)..]);
        program.AsSpan(headerBytes).Fill(0xcc);
        return program;
    }

    /// <summary>A program that says which it is and what it was given, an argument a line.</summary>
    public static byte[] Program(string target, string version = "1") => Encoding.UTF8.GetBytes(
        "#!/bin/sh\n" + $"echo program={target} version={version} umask=$(umask)\n" + "echo \"container=$QUIPU_CONTAINER\"\nfor a; do printf '<%s>\\n' \"$a\"; done\n"
        + "# " + Convert.ToHexString(Noise()) + "\n");

    /// <summary>Something that compression leaves large.</summary>
    private static byte[] Noise()
    {
        byte[] noise = new byte[3000];
        new Random(1).NextBytes(noise);
        return noise;
    }

    /// <summary>All programs.</summary>
    public static List<(string Target, byte[] Program)> Programs(string version = "1") =>
        [.. Targets.Select(target => (target, Program(target, version)))];

    /// <summary>
    /// The programs as a release has them: those for x64 Linux in one stream, those for macOS in another, and the extractor, here a script
    /// around xz.
    /// </summary>
    public static (List<(string Target, byte[] Program)> Programs, List<ProgramStream> Streams) Release(string version = "1")
    {
        const string extractor = "extract-linux-x64";
        var programs = Programs(version);
        var together = programs.Where(program => program.Target.StartsWith("linux-x64", StringComparison.Ordinal)).ToList();
        byte[] script = Encoding.UTF8.GetBytes("#!/bin/sh\nxz -dc --format=lzma 2>/dev/null | tail -c +$(($1 + 1)) | head -c $2\n");
        var mac = programs.Where(program => program.Target.StartsWith("osx", StringComparison.Ordinal)).ToList();
        return ([(extractor, script), .. programs.Except(together).Except(mac)], [Concatenate(extractor, together), Archive(mac)]);
    }

    private static ProgramStream Concatenate(string extractor, List<(string Target, byte[] Program)> programs)
    {
        List<(string, byte[], long)> placed = [];
        long skip = 0;
        foreach (var (target, program) in programs)
        {
            placed.Add((target, program, skip));
            skip += program.Length;
        }
        return new ProgramStream(extractor, Xz("--format=lzma -9", [.. programs.SelectMany(program => program.Program)])!, placed);
    }

    private static ProgramStream Archive(List<(string Target, byte[] Program)> programs)
    {
        using var archive = new MemoryStream();
        List<(string, byte[], long)> placed = [];
        using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (target, program) in programs)
            {
                placed.Add((target, program, archive.Length + 512));
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, target) { DataStream = new MemoryStream(program) });
            }
        }
        return new ProgramStream(ProgramStream.Tar, Xz("--format=lzma -9", archive.ToArray())!, placed);
    }

    /// <summary>What the tool <c>xz</c> makes of bytes; null where it is not installed.</summary>
    public static byte[]? Xz(string arguments, byte[] content)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("xz", arguments + " -c") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            using var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
            process.StandardInput.BaseStream.Write(content);
            process.StandardInput.Close();
            reading.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"xz {arguments} ended with {process.ExitCode}.");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Writes a container without weights.</summary>
    public static void Write(string path, string version = "1") => ContainerWriter.Write(
        path, output => ContainerEngineWriter.Write(version, Windows(), Programs(version), [], output),
        [PackItem.Bytes("LICENSE", "the licence"u8.ToArray())], null, CancellationToken.None);
}
