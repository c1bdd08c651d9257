using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Quipu.Cli.Tests.Chat;

/// <summary>
/// The real program on a pseudo terminal of 80 columns and 24 rows, which util-linux's script makes. What a test types goes through
/// the terminal's driver, so that Ctrl-C is a signal while nobody reads keys.
/// </summary>
internal sealed partial class PseudoTerminal : IAsyncDisposable
{
    // Bracketed paste is on while a line is edited.
    private const string EditingBegins = "\e[?2004h";
    private const string EditingEnds = "\e[?2004l";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _lock = new();
    private readonly Task _reading;
    private int _read;

    private PseudoTerminal(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>All that the terminal has shown, with its escape sequences.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
                return _output.ToString();
        }
    }

    /// <summary>Starts the chat without a server, or skips the test where there is no such terminal.</summary>
    /// <param name="home">The user's home folder, for the history.</param>
    /// <param name="arguments">The command line.</param>
    public static PseudoTerminal Start(string home, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "A pseudo terminal needs Linux and util-linux's script.");
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [dotnet, "exec", Path.Combine(AppContext.BaseDirectory, "quipu.dll"), "--chat", .. arguments];
        string line = "stty cols 80 rows 24; exec " + string.Join(' ', command.Select(word => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"));
        var start = new ProcessStartInfo("/usr/bin/script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment["HOME"] = home;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment.Remove("NO_COLOR");
        return new PseudoTerminal(Process.Start(start)!);
    }

    /// <summary>Types.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Types a line and waits until it is taken.</summary>
    public async Task EnterAsync(string keys)
    {
        await TypeAsync(keys + "\r");
        await ExpectAsync(EditingEnds);
    }

    /// <summary>Waits for the next prompt.</summary>
    /// <returns>What was shown before it.</returns>
    public Task<string> PromptAsync() => ExpectAsync(EditingBegins);

    /// <summary>Waits until a text is shown, behind what was waited for before.</summary>
    /// <returns>What was shown up to it, without escape sequences.</returns>
    public async Task<string> ExpectAsync(string text)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            string shown = Output;
            int at = shown.IndexOf(text, _read, StringComparison.Ordinal);
            if (at >= 0)
            {
                string passed = shown[_read..at];
                _read = at + text.Length;
                return Sequences.Replace(passed, "");
            }
            Assert.False(clock.Elapsed > Limit || _reading.IsCompleted, $"'{text}' was not shown, but: {Sequences.Replace(shown[_read..], "")}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and int count)
            lock (_lock)
                _output.Append(buffer, 0, count);
    }

    [GeneratedRegex("\e\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Sequences { get; }
}
