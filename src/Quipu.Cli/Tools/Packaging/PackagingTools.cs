using System.Runtime.InteropServices;
using Quipu.Cli.Chat;
using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli.Tools.Packaging;

/// <summary>From a command line to the tool that handles containers.</summary>
internal static class PackagingTools
{
    /// <summary>Runs a tool. Ctrl-C, a closed terminal or SIGTERM ends it, and what it was writing disappears.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams)
    {
        using var interrupt = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var progress = new ProgressBar(new StatusLine(streams.Error, !Console.IsErrorRedirected, color: false));
        try
        {
            return flags.Mode switch
            {
                Modes.Pack => PackTool.Run(flags, streams, progress, interrupt.Token),
                Modes.Unpack => UnpackTool.Run(flags, streams, progress, interrupt.Token),
                Modes.List => ListTool.Run(flags, streams.Output),
                Modes.Arguments => ArgumentsTool.Run(flags, streams.Output),
                Modes.Native => NativeTool.Run(flags, streams, progress, interrupt.Token),
                Modes.Upgrade => UpgradeTool.Run(flags, streams, progress, interrupt.Token),
                Modes.Verify => VerifyTool.Run(flags, streams, progress, interrupt.Token),
                _ => throw new ArgumentOutOfRangeException(nameof(flags), flags.Mode, "Not a tool for containers."),
            };
        }
        finally
        {
            progress.Clear();
        }

        void Stop(PosixSignalContext context)
        {
            // The second signal ends the program at once.
            context.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        }
    }

    /// <summary>The one file that a tool needs.</summary>
    public static string SingleFile(ParsedFlags flags) => flags.Operands.Count == 1
        ? flags.Operands[0]
        : throw new UsageException($"quipu {ModeNames.Command(flags.Mode)} needs one file; {flags.Operands.Count} are given.");

    /// <summary>Opens the container whose programs are taken: --engine, or the one that runs.</summary>
    public static Container OpenEngine(ParsedFlags flags) => Container.Open(flags.Text(PackagingFlags.Engine) ?? OwnContainer.Path
        ?? throw new UsageException("This is a plain program without those for other platforms. Give the universal one with --engine FILE."));

    /// <summary>Checks arguments that a container is to carry, as if they were given without any of the user's.</summary>
    /// <exception cref="UsageException">The program would not start with them.</exception>
    public static void CheckArguments(IEnumerable<string> stored)
    {
        try
        {
            FlagParser.Parse([.. stored.Where(argument => argument != ArgumentsFile.Rest)]);
        }
        catch (UsageException error)
        {
            throw new UsageException($"The program would not start with these arguments: {error.Message}");
        }
    }

    /// <summary>Says that Windows does not start the file, where that is so.</summary>
    public static void NoteSize(string path, TextWriter stderr)
    {
        if (new FileInfo(path).Length > ContainerLayout.LargestWindowsProgram)
            stderr.WriteLine("note: Windows starts no program over 4 GB, so this file runs on Linux and macOS only; 'quipu pack --external' makes one that does.");
    }
}
