using System.Diagnostics;
using System.Text;
using Quipu.Testing;

namespace Quipu.Server.Tests;

/// <summary>The real program with the bundled model, as a user starts it.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private readonly string[] _mode;
    private readonly string _mark;
    private readonly StringBuilder _log = new();
    private readonly StringBuilder _output = new();
    private Process? _process;

    public RunningServer()
        : this("listening at ", "--server")
    {
    }

    private RunningServer(string mark, params string[] mode) => (_mark, _mode) = (mark, mode);

    /// <summary>The chat, with the server beside it.</summary>
    public static RunningServer BesideTheChat() => new("http://", "-n", "12", "--temp", "0");

    /// <summary>Where it listens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What it wrote.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>What it wrote to stdout.</summary>
    public string Output
    {
        get
        {
            lock (_log)
                return _output.ToString();
        }
    }

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "quipu.dll"), .. _mode, "--port", "0", "--nobrowser", "-c", "1024", "-m", TestPaths.BundledModel])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
            if (line.Data is null)
                listening.TrySetException(new InvalidOperationException("The server ended: " + Log));
            else if (line.Data.IndexOf(_mark, StringComparison.Ordinal) is >= 0 and int at)
                listening.TrySetResult(line.Data[line.Data.IndexOf("http://", at, StringComparison.Ordinal)..]);
        };
        _process.OutputDataReceived += (_, line) =>
        {
            lock (_log)
                _output.AppendLine(line.Data);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Url = await listening.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to stop as a supervisor does, and waits.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        return await WaitAsync();
    }

    /// <summary>Types a line.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process!.StandardInput.WriteLineAsync(line.AsMemory(), TestContext.Current.CancellationToken);
        await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync()
    {
        await _process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            _process.Kill();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }
}
