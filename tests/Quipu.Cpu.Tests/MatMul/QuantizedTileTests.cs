using System.Runtime.Intrinsics.Arm;
using Quipu.Cpu.Expand;
using Quipu.Cpu.MatMul;

namespace Quipu.Cpu.Tests.MatMul;

public sealed unsafe class QuantizedTileTests
{
    private static readonly int[] Columns = [32, 64, 96, 160, 256, 288, 576, 640, 1152];

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void With_whole_numbers_every_kernel_is_exact(int set) => CheckExact(QuantizedKernels.For((InstructionSet)set));

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void With_scales_every_kernel_is_within_the_rounding_of_its_terms(int set) => CheckScaled(QuantizedKernels.For((InstructionSet)set));

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void An_element_has_the_same_bits_whatever_is_computed_beside_it(int set)
    {
        var kernels = QuantizedKernels.For((InstructionSet)set);
        foreach (TileCase test in Cases(new Random(7), unitScales: false))
        {
            float[] whole = test.Multiply(kernels, test.Columns, fours: true);
            Assert.Equal(whole, test.Multiply(kernels, test.Columns, fours: false));
            Assert.Equal(whole, test.Multiply(kernels, 96, fours: true));
            Assert.Equal(whole, test.Multiply(kernels, 64, fours: false));
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_instruction_set_that_fuses_gives_the_same_bits(int set)
    {
        if ((InstructionSet)set == InstructionSet.Scalar || InstructionSets.Best == InstructionSet.Scalar) return;
        var random = new Random(11);
        foreach (TileCase test in Cases(random, unitScales: false))
        {
            Assert.Equal(
                test.Multiply(QuantizedKernels.For(InstructionSets.Best), test.Columns, fours: true),
                test.Multiply(QuantizedKernels.For((InstructionSet)set), test.Columns, fours: true));
        }
    }

    [Fact]
    public void Both_Arm_kernels_are_checked_where_they_can_run()
    {
        if (!AdvSimd.Arm64.IsSupported)
        {
            Assert.DoesNotContain(InstructionSet.AdvSimd, InstructionSets.Supported);
            return;
        }

        CheckExact(QuantizedKernels.Widening);
        CheckScaled(QuantizedKernels.Widening);
        if (!Dp.IsSupported) return;
        CheckExact(QuantizedKernels.DotProduct);
        CheckScaled(QuantizedKernels.DotProduct);
    }

    private static void CheckExact(QuantizedKernels kernels)
    {
        var random = new Random(1);
        foreach (TileCase test in Cases(random, unitScales: true))
        {
            float[] actual = test.Multiply(kernels, test.Columns, fours: true);
            // Every partial sum is a whole number below 2^24 as long as the row is no longer than this: no rounding at all.
            if (test.Columns > 640) continue;
            for (int i = 0; i < actual.Length; i++)
                Assert.Equal(test.Exact(i / TileCase.WeightRows, i % TileCase.WeightRows).Value, actual[i]);
        }
    }

    private static void CheckScaled(QuantizedKernels kernels)
    {
        var random = new Random(2);
        foreach (TileCase test in Cases(random, unitScales: false))
        {
            float[] actual = test.Multiply(kernels, test.Columns, fours: true);
            for (int i = 0; i < actual.Length; i++)
            {
                (double value, double magnitude) = test.Exact(i / TileCase.WeightRows, i % TileCase.WeightRows);
                // A lane's sum has at most one rounding a group and two for its scales: well within 2^-24 each.
                double bound = magnitude * (test.Columns / 16 + 16) * Math.Pow(2, -24);
                Assert.InRange(Math.Abs(actual[i] - value), 0, bound);
            }
        }
    }

    private static IEnumerable<TileCase> Cases(Random random, bool unitScales)
    {
        foreach (int columns in Columns)
        {
            for (int round = 0; round < 4; round++)
            {
                foreach (QuantRange range in Enum.GetValues<QuantRange>())
                    yield return new TileCase(random, columns, random.Next(1, 10), range, unitScales);
            }
        }
    }
}
