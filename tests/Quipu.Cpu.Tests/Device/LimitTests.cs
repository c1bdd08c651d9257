using Quipu.Cpu.Limits;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

/// <summary>The measurements of the machine's limits run on every instruction set and count what they do; how fast is not asked.</summary>
public unsafe class LimitTests
{
    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Limits_are_measured_on_every_instruction_set(int set)
    {
        float[] values = KernelSets.Normal(new Random(1), 3 * 70_001);
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 2, InstructionSet = (InstructionSet)set });
        fixed (float* data = values)
        {
            MachineLimits limits = device.MeasureLimits([new TensorView("w", TensorType.F32, 3, 70_001, (nint)data)]);
            Assert.All([limits.ReadBytesPerSecond, limits.IntegerMultiplyAddsPerSecond, limits.FloatMultiplyAddsPerSecond],
                rate => Assert.True(double.IsFinite(rate) && rate > 0));
        }
    }

    [Fact]
    public void The_greater_of_two_measurements_counts() =>
        Assert.Equal(new MachineLimits(3, 4, 6), new MachineLimits(3, 2, 6).Or(new MachineLimits(1, 4, 5)));
}
