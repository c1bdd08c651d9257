using System.Globalization;

namespace Quipu.Cli.Tools.Bench;

/// <summary>What all rows of a benchmark have in common.</summary>
/// <param name="FileName">The model's file.</param>
/// <param name="ModelType">Architecture, size and main type.</param>
/// <param name="Parameters">Elements of all tensors.</param>
/// <param name="FileBytes">Bytes of all tensors.</param>
/// <param name="Processor">Its name.</param>
/// <param name="InstructionSet">The kernels' instruction set.</param>
/// <param name="Kernels">How the kernels compute.</param>
/// <param name="Options">What was asked for.</param>
internal sealed record BenchHeader(
    string FileName, string ModelType, long Parameters, long FileBytes, string Processor, string InstructionSet,
    IReadOnlyList<string> Kernels, BenchOptions Options)
{
    /// <summary>The header of a model and the device that runs it.</summary>
    public static BenchHeader Of(BenchRunner runner, BenchOptions options)
    {
        var (device, work) = (runner.Device.Description, runner.Workload);
        string type = $"{runner.Model.Model.Shape.Architecture} {Size(work.Parameters)} {work.MainType}";
        return new BenchHeader(
            runner.Model.FileName, type, work.Parameters, work.FileBytes, device.Name, device.InstructionSet, device.Details, options);
    }

    /// <summary>A number of parameters, as models are named.</summary>
    public static string Size(long parameters) => parameters >= 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e9:0.00}B")
        : string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:0}M");
}
