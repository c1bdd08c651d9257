using Quipu.Testing;

namespace Quipu.Cpu.Tests;

/// <summary>Runs the kernels' tests again with AVX-512, AVX2 and all intrinsics switched off in turn.</summary>
[CollectionDefinition(nameof(ReducedInstructionSetTests), DisableParallelization = true)]
[Collection(nameof(ReducedInstructionSetTests))]
public sealed class ReducedInstructionSetTests
{
    public static TheoryData<string> Reductions => [.. InstructionSetRunner.Reductions];

    [Theory, MemberData(nameof(Reductions))]
    public async Task All_kernel_tests_pass_without(string reduction)
    {
        (bool passed, string output) = await InstructionSetRunner.RunAsync(
            reduction,
            TimeSpan.FromMinutes(8),
            [
                "--filter-namespace", "Quipu.Cpu.Tests.MatMul", "Quipu.Cpu.Tests.Quantize", "Quipu.Cpu.Tests.Expand", "Quipu.Cpu.Tests.Ops",
                "Quipu.Cpu.Tests.Device", "Quipu.Cpu.Tests.Reduced",
            ],
            TestContext.Current.CancellationToken);
        Assert.True(passed, output);
    }
}
