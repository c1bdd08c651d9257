using System.Globalization;

namespace Quipu.Cli.Tools.Bench;

/// <summary>A Markdown table, with the columns of llama-bench first.</summary>
internal sealed class BenchMarkdown(TextWriter output) : IBenchOutput
{
    private BenchHeader? _header;

    public void Begin(BenchHeader header)
    {
        _header = header;
        output.WriteLine("| model | size | params | backend | threads | test | t/s | spread | t/s at limit | share | read GB/s | int8 G/s | F32 G/s |");
        output.WriteLine("| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    }

    public void Row(BenchResult r)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {_header!.ModelType} | {_header.FileBytes / 1048576.0:0.00} MiB | {_header.Parameters / 1e6:0.00} M | CPU {_header.InstructionSet} "
            + $"| {r.Threads} | {r.Test.Name} | {r.Median:0.00} | ± {100 * r.Spread:0.0} % | {r.LimitRate:0.0} | {100 * r.Share:0} % "
            + $"| {r.Limits.ReadBytesPerSecond / 1e9:0.0} | {r.Limits.IntegerMultiplyAddsPerSecond / 1e9:0.0} "
            + $"| {r.Limits.FloatMultiplyAddsPerSecond / 1e9:0.0} |"));
        output.Flush();
    }

    public void End()
    {
    }
}
