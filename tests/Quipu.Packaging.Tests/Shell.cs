using System.ComponentModel;
using System.Diagnostics;

namespace Quipu.Packaging.Tests;

/// <summary>What a run gave.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error);

/// <summary>Runs containers of toy programs under shells, with a home of their own.</summary>
internal static class Shell
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command with an environment of PATH, HOME and what is given, or skips the test where the command is missing.</summary>
    public static ShellResult Run(string folder, string[] command, params (string Name, string? Value)[] environment)
    {
        using var process = Start(folder, command, environment);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', command)} did not end.");
        }
        return new ShellResult(process.ExitCode, output.GetAwaiter().GetResult(), error);
    }

    /// <summary>Starts a command.</summary>
    public static Process Start(string folder, string[] command, params (string Name, string? Value)[] environment)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The launcher is for Unix shells.");
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        info.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        info.Environment["HOME"] = Path.Combine(folder, "home");
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        try
        {
            var process = Process.Start(info)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{command[0]} is not installed.");
            throw;
        }
    }
}
