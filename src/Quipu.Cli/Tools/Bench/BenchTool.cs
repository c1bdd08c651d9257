using Quipu.Cli.Flags;

namespace Quipu.Cli.Tools.Bench;

/// <summary>How fast a model runs, and how fast it could.</summary>
internal static class BenchTool
{
    /// <summary>Measures.</summary>
    /// <param name="flags">The command line.</param>
    /// <param name="streams">Where to write.</param>
    /// <param name="enter">Told what begins.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ParsedFlags flags, StandardStreams streams, Action<Stage> enter)
    {
        var options = BenchOptions.Read(flags);
        var output = Output(flags.Text(BenchFlags.Format) ?? "text", streams.Output);
        string path = DefaultModel.Of(flags);
        bool first = true;
        foreach (int threads in options.Threads)
        {
            using var runner = BenchRunner.Open(path, threads, options, enter);
            if (first)
                output.Begin(BenchHeader.Of(runner, options));
            first = false;
            foreach (BenchTest test in options.Tests)
                output.Row(runner.Run(test));
        }
        output.End();
        return Failure.Success;
    }

    private static IBenchOutput Output(string format, TextWriter output) => format switch
    {
        "text" => new BenchText(output),
        "md" => new BenchMarkdown(output),
        "csv" => new BenchRecords(output, json: false),
        "json" => new BenchRecords(output, json: true),
        _ => throw new UsageException($"--output is '{format}', but must be text, md, csv or json."),
    };
}
