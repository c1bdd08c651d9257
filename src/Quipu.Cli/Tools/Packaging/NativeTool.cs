using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>Makes the plain program of one platform: the system starts it without a shell, and the weights are in it.</summary>
internal static class NativeTool
{
    /// <summary>Makes it.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, IProgress<PackProgress> progress, CancellationToken cancellationToken)
    {
        string path = PackagingTools.SingleFile(flags);
        string output = flags.Text(PackagingFlags.Output) ?? throw new UsageException("native needs the name of the program to write: -o PROGRAM");
        if (Path.GetFullPath(path) == Path.GetFullPath(output))
            throw new UsageException($"-o {output} is the container itself. Give another name.");
        using var container = Container.Open(path);
        var engine = container.ReadEngine() ?? throw new PackagingException($"{path} holds no programs of Quipu. 'quipu upgrade' puts them in.");
        bool bare = flags.IsOn(PackagingFlags.Bare);
        string target = flags.Text(PackagingFlags.Target) ?? ThisMachine(engine);
        if (target.StartsWith("osx-", StringComparison.Ordinal) && !bare)
        {
            throw new UsageException(
                "The signature of a macOS program would not hold with weights behind it. Write the program alone, with --bare, and start it with -m " + path);
        }
        var writeHead = target == Payload.WindowsTarget ? ContainerWriter.EngineOf(container) : ExtractorOf(container, engine, target);
        if (bare)
        {
            using var file = AtomicFile.Create(output);
            writeHead(file.Stream);
            file.Finish(executable: true);
        }
        else
        {
            List<PackItem> items = [.. container.Entries.Where(entry => !entry.IsFolder).Select(entry => PackItem.Entry(container, entry))];
            ContainerWriter.Write(output, writeHead, items, progress, cancellationToken);
        }
        streams.Output.WriteLine($"{output}: {target}");
        return Failure.Success;
    }

    private static Action<Stream> ExtractorOf(Container container, ContainerEngine engine, string target)
    {
        var payload = engine.Payloads.FirstOrDefault(payload => payload.Target == target && !payload.IsExtractor) ?? throw new UsageException(
            $"{container.Path} has no program for {target}. It has: {string.Join(", ", engine.Payloads.Where(one => !one.IsExtractor).Select(one => one.Target).Append(Payload.WindowsTarget))}.");
        return output => ContainerEngine.Extract(container, payload, output);
    }

    private static string ThisMachine(ContainerEngine engine)
    {
        // The launcher names what it extracts by the checksum, and it has chosen well.
        string self = Path.GetFileName(Environment.ProcessPath ?? "");
        if (engine.Payloads.FirstOrDefault(payload => self == "quipu-" + payload.Sha256) is { } running)
            return running.Target;
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        if (OperatingSystem.IsWindows())
            return Payload.WindowsTarget;
        if (OperatingSystem.IsMacOS())
            return "osx-" + architecture;
        return "linux-" + architecture + (Avx2.IsSupported ? "-avx" : "");
    }
}
