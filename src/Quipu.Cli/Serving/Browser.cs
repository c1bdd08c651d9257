using System.ComponentModel;
using System.Diagnostics;

namespace Quipu.Cli.Serving;

/// <summary>Shows a page in the user's browser, where there is a display.</summary>
internal static class Browser
{
    /// <summary>Whether somebody could see it.</summary>
    public static bool HasDisplay => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
        ? Environment.UserInteractive && !Console.IsErrorRedirected
        : !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY")) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"));

    /// <summary>Shows it.</summary>
    /// <returns>Why that did not work; null where it was asked for.</returns>
    public static string? Show(string url)
    {
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo(url) { UseShellExecute = true }
            : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [url]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start);
            return null;
        }
        catch (Exception error) when (error is Win32Exception or FileNotFoundException)
        {
            return error.Message;
        }
    }
}
