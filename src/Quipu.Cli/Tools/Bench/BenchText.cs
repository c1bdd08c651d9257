using System.Globalization;

namespace Quipu.Cli.Tools.Bench;

/// <summary>A table for people at a terminal.</summary>
internal sealed class BenchText(TextWriter output) : IBenchOutput
{
    public void Begin(BenchHeader header)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"model:   {header.FileName}, {header.ModelType}, {header.FileBytes / 1048576.0:0.0} MiB"));
        output.WriteLine($"device:  {header.Processor}, {header.InstructionSet}");
        foreach (string line in header.Kernels)
            output.WriteLine($"         {line}");
        output.WriteLine();
        output.WriteLine("test               threads   tokens/s   spread   at limit   share   read GB/s   int8 G/s   F32 G/s   cache, activations, process MiB");
    }

    public void Row(BenchResult r)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{r.Test.Name,-18} {r.Threads,7} {r.Median,10:0.00} {100 * r.Spread,6:0.0} % {r.LimitRate,10:0.0} {100 * r.Share,5:0} % "
            + $"{r.Limits.ReadBytesPerSecond / 1e9,11:0.0} {r.Limits.IntegerMultiplyAddsPerSecond / 1e9,10:0.0} "
            + $"{r.Limits.FloatMultiplyAddsPerSecond / 1e9,9:0.0} {r.Memory.Cache / 1048576.0,7:0.0}, {r.Memory.Activations / 1048576.0:0.0}, {r.Memory.Process / 1048576.0:0.0}"));
        output.Flush();
    }

    public void End()
    {
    }
}
