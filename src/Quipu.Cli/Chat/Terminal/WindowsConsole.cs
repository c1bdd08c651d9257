using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Quipu.Cli.Chat.Terminal;

/// <summary>Prepares the Windows console: UTF-8, and escape sequences understood instead of printed.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsConsole
{
    private const int OutputHandle = -11;
    private const int ErrorHandle = -12;
    private const uint VirtualTerminalProcessing = 4;

    /// <summary>Sets the console up.</summary>
    /// <returns>Whether it understands escape sequences; consoles before Windows 10 do not.</returns>
    public static bool Prepare()
    {
        Console.OutputEncoding = Encoding.UTF8;
        Console.InputEncoding = Encoding.UTF8;
        return EnableSequences(OutputHandle) | EnableSequences(ErrorHandle);
    }

    private static bool EnableSequences(int which)
    {
        nint handle = GetStdHandle(which);
        return GetConsoleMode(handle, out uint mode) != 0 && SetConsoleMode(handle, mode | VirtualTerminalProcessing) != 0;
    }

    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32")]
    private static partial int GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32")]
    private static partial int SetConsoleMode(nint handle, uint mode);
}
