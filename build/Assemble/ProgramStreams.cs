using System.Diagnostics;
using System.Formats.Tar;
using Quipu.Packaging;

/// <summary>Compresses the programs of a platform together, by xz.</summary>
internal static class ProgramStreams
{
    private const int TarHeaderBytes = 512;

    /// <summary>Programs one after the other, for the extractor of their platform.</summary>
    public static ProgramStream ForExtractor(string platform, IEnumerable<(string Target, byte[] Program)> programs)
    {
        using var together = new MemoryStream();
        List<(string Target, byte[] Program, long Skip)> placed = [];
        foreach (var (target, program) in programs.Where(program => program.Target.StartsWith(platform, StringComparison.Ordinal)))
        {
            placed.Add((target, program, together.Length));
            together.Write(program);
        }
        // Arm's instructions have four bytes: the position modulo 4 is context.
        return new ProgramStream(Payload.ExtractorPrefix + platform, Compress(together, platform == "linux-arm64" ? ",lc=2,lp=2" : ""), placed);
    }

    /// <summary>Programs as the entries of a tar archive, for the tar of macOS.</summary>
    public static ProgramStream ForTar(string platform, IEnumerable<(string Target, byte[] Program)> programs)
    {
        using var archive = new MemoryStream();
        List<(string Target, byte[] Program, long Skip)> placed = [];
        using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (target, program) in programs.Where(program => program.Target.StartsWith(platform, StringComparison.Ordinal)))
            {
                placed.Add((target, program, archive.Length + TarHeaderBytes));
                // No time of the build: the same programs give the same bytes.
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, target)
                {
                    DataStream = new MemoryStream(program),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }
        return new ProgramStream(ProgramStream.Tar, Compress(archive, ""), placed);
    }

    private static byte[] Compress(MemoryStream content, string contexts)
    {
        // A dictionary that reaches back to the first program; the extractor keeps all that it has decoded anyway.
        var start = new ProcessStartInfo("xz", $"--format=lzma --lzma1=preset=9e,dict=128MiB{contexts} -c")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var xz = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = xz.StandardOutput.BaseStream.CopyToAsync(output);
        content.WriteTo(xz.StandardInput.BaseStream);
        xz.StandardInput.Close();
        reading.GetAwaiter().GetResult();
        xz.WaitForExit();
        Console.WriteLine($"{content.Length} bytes compressed to {output.Length}");
        return xz.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"xz ended with {xz.ExitCode}.");
    }
}
