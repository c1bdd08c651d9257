using Quipu.Cpu;
using Quipu.Cpu.Reference;
using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.Engine.Tests.Golden;

/// <summary>The two real models of the golden data.</summary>
public static class RealModel
{
    public const string Gemma = "gemma-3-270m";
    public const string SmolLM2 = "smollm2-135m";

    /// <summary>The model's file, or the test is skipped with the reason.</summary>
    public static string PathOf(string model) => model == SmolLM2 ? TestPaths.BundledModel : TestPaths.Require(TestPaths.Gemma, "Gemma 3 270M");

    public static IDevice Fast(int threads = 0) => new CpuDevice(new CpuDeviceOptions { Threads = threads });

    public static IDevice Exact() => new ReferenceDevice();
}
