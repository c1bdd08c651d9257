using Quipu.Cpu.Expand;
using Quipu.Cpu.Memory;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

public sealed unsafe class TokenProductTests
{
    private const int Columns = 512;

    // Less than a kernel's rows, some more, a rest after short and after long streams, and streams that would lie a multiple of 4 KiB apart.
    private static readonly int[] RowCounts = [1, 7, 8, 21, 32, 333, 1024, 1029];

    [Theory, MemberData(nameof(MatMulTests.SetsAndTypes), MemberType = typeof(MatMulTests))]
    public void A_row_alone_has_the_bits_that_it_has_among_others_however_the_weights_are_read(int set, TensorType type)
    {
        var random = new Random(9);
        float[] input = KernelSets.Normal(random, 2 * Columns);
        var options = new CpuDeviceOptions { Threads = 1, InstructionSet = (InstructionSet)set };
        foreach (int rows in RowCounts)
        {
            var weight = new WeightMatrix(random, type, rows, Columns);
            float[] bias = KernelSets.Normal(random, rows);
            float[] both = DeviceArrays.Multiply(options, input, 2, (weight, bias))[0];
            float[] alone = DeviceArrays.Multiply(options, input[Columns..], 1, (weight, bias))[0];
            Assert.Equal(both[rows..], alone);
        }
    }

    [Theory, MemberData(nameof(MatMulTests.SetsAndTypes), MemberType = typeof(MatMulTests))]
    public void Few_rows_have_the_bits_that_they_have_among_many(int set, TensorType type)
    {
        const int Many = 17;
        var random = new Random(11);
        float[] input = KernelSets.Normal(random, Many * Columns);
        // Two outliers, so that residuals are multiplied beside them.
        input[5] = 90;
        input[(2 * Columns) + 300] = -90;
        var options = new CpuDeviceOptions { Threads = 1, InstructionSet = (InstructionSet)set };
        foreach (int rows in (int[])[5, 16, 45])
        {
            var weight = new WeightMatrix(random, type, rows, Columns);
            float[] among = DeviceArrays.Multiply(options, input, Many, (weight, null))[0];
            foreach (int few in (int[])[2, 3, 4, 5, 8, 11, 16])
                Assert.Equal(among[..(few * rows)], DeviceArrays.Multiply(options, input[..(few * Columns)], few, (weight, null))[0]);
        }
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void The_rows_after_the_last_panel_are_kept_with_zeros_behind_them(int set)
    {
        int lanes = WeightPanel.LanesOf((InstructionSet)set);
        var matrix = new WeightMatrix(new Random(10), TensorType.Q4_0, (2 * lanes) + 3, Columns);
        var weight = CpuWeight.Load(matrix.View, (InstructionSet)set);
        int rowBytes = checked((int)weight.RowBytes);
        var last = new ReadOnlySpan<byte>(weight.LastRows, lanes * rowBytes);
        Assert.Equal(new ReadOnlySpan<byte>(weight.Data + (2 * lanes * rowBytes), 3 * rowBytes), last[..(3 * rowBytes)]);
        Assert.Equal(-1, last[(3 * rowBytes)..].IndexOfAnyExcept((byte)0));
        Assert.True(CpuWeight.Load(matrix.View with { Rows = 2 * lanes }, (InstructionSet)set).LastRows == null);
        GC.KeepAlive(matrix);
        GC.KeepAlive(weight);
    }
}
