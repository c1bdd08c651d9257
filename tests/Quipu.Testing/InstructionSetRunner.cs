using System.Diagnostics;

namespace Quipu.Testing;

/// <summary>
/// Runs tests of the current test program again in a child process that may use fewer of the processor's instructions, so that every path of the
/// kernels is tested on one machine.
/// </summary>
public static class InstructionSetRunner
{
    /// <summary>The reductions, each as the runtime's switches that are off.</summary>
    public static IReadOnlyList<string> Reductions { get; } = ["EnableAVX512", "EnableAVX2", "EnableHWIntrinsic"];

    /// <summary>Runs the tests that the arguments choose.</summary>
    /// <param name="reduction">One of <see cref="Reductions"/>.</param>
    /// <param name="timeout">The child is ended after it, which fails.</param>
    /// <param name="arguments">Of the test program, e.g. <c>--filter-namespace</c> and a namespace.</param>
    /// <param name="cancellationToken">Ends the child.</param>
    /// <returns>Whether all tests passed and there was at least one, and what the child wrote.</returns>
    public static async Task<(bool Passed, string Output)> RunAsync(
        string reduction, TimeSpan timeout, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(reduction, arguments) };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return (false, $"The child did not end within {timeout}.");
        }

        return (process.ExitCode == 0, await output + await errors);
    }

    private static ProcessStartInfo StartInfo(string reduction, IReadOnlyList<string> arguments)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The test program does not know its path.");
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // Started through the dotnet host, the program is the assembly.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") info.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        info.ArgumentList.Add("--minimum-expected-tests");
        info.ArgumentList.Add("1");
        foreach (string name in Switches(reduction)) info.Environment[$"DOTNET_{name}"] = "0";
        return info;
    }

    // Runtimes before .NET 10 know AVX-512 by the older name.
    private static string[] Switches(string reduction) => reduction switch
    {
        "EnableAVX512" => ["EnableAVX512", "EnableAVX512F"],
        "EnableAVX2" => ["EnableAVX2", "EnableAVX512", "EnableAVX512F"],
        "EnableHWIntrinsic" => ["EnableHWIntrinsic"],
        _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "Not a reduction."),
    };
}
