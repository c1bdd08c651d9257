using System.Text;
using Microsoft.Win32.SafeHandles;
using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli;

/// <summary>
/// stdin, stdout and stderr as UTF-8. They do not go through <see cref="Console"/>'s writers, whose set-up a short run would feel and
/// whose streams hide that the reader of a pipe has left.
/// </summary>
internal sealed class StandardStreams : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether terminals understand escape sequences: the consoles of Windows before version 10 print them.</summary>
    public bool HasSequences { get; } = !OperatingSystem.IsWindows() || WindowsConsole.Prepare();

    /// <summary>stdout; buffered, so flush what shall be seen.</summary>
    public TextWriter Output { get; } = new StreamWriter(OpenOutput(), Utf8, 4096) { NewLine = "\n" };

    /// <summary>stderr, written at once.</summary>
    public TextWriter Error { get; } = new StreamWriter(Console.OpenStandardError(), Utf8, 1024) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Opens stdin.</summary>
    public static TextReader OpenInput() => new StreamReader(Console.OpenStandardInput(), Utf8);

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
    }

    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        const int standardOutput = 1;
        try
        {
            var stream = new FileStream(new SafeFileHandle(standardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A FileStream tells when a pipe is broken. But into a file it writes at a position of its own, so that whoever writes
            // there next would overwrite it.
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // stdout is closed: the console's stream swallows what nobody can read.
            return Console.OpenStandardOutput();
        }
    }
}
