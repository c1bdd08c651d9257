using System.Diagnostics;
using System.Text;

namespace Quipu.Cli.Tests;

/// <summary>What a run of the real program gave.</summary>
internal sealed record RunResult(int ExitCode, string Output, string Error);

/// <summary>Runs the real program, as it lies beside the tests.</summary>
internal static class QuipuProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Starts the program. Whoever calls ends it.</summary>
    public static Process Start(params string[] arguments) => StartIn(null, arguments);

    private static Process StartIn(string? container, string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "quipu.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        if (container is not null)
            start.Environment["QUIPU_CONTAINER"] = container;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="input">What is piped in.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<RunResult> RunAsync(string input, params string[] arguments) => RunAsync(Start(arguments), input);

    /// <summary>Runs it to its end as the program of a container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<RunResult> RunInAsync(string container, params string[] arguments) => RunAsync(StartIn(container, arguments), "");

    private static async Task<RunResult> RunAsync(Process started, string input)
    {
        using var process = started;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program has ended without reading all of it, which the caller judges by its result.
            Assert.True(process.WaitForExit(Limit));
        }
        await process.WaitForExitAsync(limit.Token);
        return new RunResult(process.ExitCode, await output, await error);
    }
}
