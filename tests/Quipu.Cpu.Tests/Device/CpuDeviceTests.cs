using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

public sealed unsafe class CpuDeviceTests
{
    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void The_description_says_what_runs(int set)
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 3, InstructionSet = (InstructionSet)set });
        Assert.NotEmpty(device.Description.Name);
        Assert.Equal(InstructionSets.Name((InstructionSet)set), device.Description.InstructionSet);
        Assert.Equal(3, device.Description.Threads);
        Assert.Contains(device.Description.Details, line => line.Contains("int8", StringComparison.Ordinal));
        Assert.Contains(device.Description.Details, line => line.Contains("F16", StringComparison.Ordinal));
        Assert.Equal(
            (InstructionSet)set != InstructionSets.Best,
            device.Description.Details[0].Contains("not used", StringComparison.Ordinal));
    }

    [Fact]
    public void By_default_it_takes_the_widest_instructions_and_the_physical_cores()
    {
        using var device = new CpuDevice();
        Assert.Equal(InstructionSets.Name(InstructionSets.Best), device.Description.InstructionSet);
        Assert.Equal(CpuTopology.PhysicalCores(), device.Description.Threads);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuDevice(new CpuDeviceOptions { Threads = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuDevice(new CpuDeviceOptions { Threads = 5000 }));
    }

    [Fact]
    public void Embedded_rows_are_the_decoded_rows_scaled()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 2 });
        foreach (TensorFormat format in TensorFormats.All)
        {
            var table = new WeightMatrix(new Random(2), format.Type, 9, 256);
            using var output = device.CreateBuffer(3, 256);
            device.EmbedRows(device.LoadWeight(table.View), [8, 0, 8], 2.5f, output);
            float[] actual = device.Read(output, 3);
            for (int i = 0; i < actual.Length; i++)
                Assert.Equal(2.5f * table.Decoded[((i / 256 == 1 ? 0 : 8) * 256) + (i % 256)], actual[i]);
            Assert.Throws<ArgumentOutOfRangeException>(() => device.EmbedRows(device.LoadWeight(table.View), [9], 1, output));
            Assert.Throws<ArgumentOutOfRangeException>(() => device.EmbedRows(device.LoadWeight(table.View), [-1], 1, output));
        }
    }

    [Fact]
    public void Gathered_rows_are_copies()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        using var input = device.CreateBuffer(3, [1, 2, 3, 4, 5, 6]);
        using var output = device.CreateBuffer(2, 2);
        device.GatherRows(input, [2, 0], output);
        Assert.Equal([5, 6, 1, 2], device.Read(output, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.GatherRows(input, [3], output));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.GatherRows(input, [-1], output));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.GatherRows(input, [0, 1, 2], output));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.ReadRow(input, 3, new float[2]));
        Assert.Throws<ArgumentException>(() => device.ReadRow(input, 0, new float[1]));
    }

    [Fact]
    public void Gains_that_are_not_F32_are_decoded()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        float[] input = KernelSets.Normal(new Random(3), 64);
        var half = new WeightMatrix(new Random(4), TensorType.F16, 1, 64);
        float[] gain = GC.AllocateArray<float>(64, pinned: true);
        half.Decoded.CopyTo(gain, 0);
        float[][] results = new float[2][];
        TensorView[] gains = [half.View, DeviceArrays.Vector(gain)];
        for (int i = 0; i < 2; i++)
        {
            using var buffer = device.CreateBuffer(1, input);
            device.RmsNorm(buffer, 1, device.LoadWeight(gains[i]), 1e-5f, buffer);
            results[i] = device.Read(buffer, 1);
        }

        Assert.Equal(results[1], results[0]);
    }

    [Fact]
    public void Row_operations_do_not_depend_on_threads_or_batches()
    {
        const int Rows = 60, Columns = 576, HeadDim = 64;
        float[] first = KernelSets.Normal(new Random(5), Rows * Columns), second = KernelSets.Normal(new Random(6), Rows * Columns);
        float[] expected = RunRows(1, Rows, Columns, HeadDim, first, second, 0);
        Assert.Equal(expected, RunRows(3, Rows, Columns, HeadDim, first, second, 0));
        int last = (Rows - 1) * Columns;
        Assert.Equal(expected[last..], RunRows(2, 1, Columns, HeadDim, first[last..], second[last..], Rows - 1));
    }

    [Fact]
    public void Disposed_or_foreign_memory_is_refused()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        var buffer = device.CreateBuffer(1, 4);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => device.Add(buffer, 1, buffer));
        Assert.Throws<ArgumentException>(() => device.Add(new ForeignBuffer(), 1, new ForeignBuffer()));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.CreateBuffer(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.CreateCache(new CacheShape(1, 0, 1, 1)));
    }

    private static float[] RunRows(int threads, int rows, int columns, int headDim, float[] first, float[] second, int firstPosition)
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = threads });
        using var a = device.CreateBuffer(rows, first);
        using var b = device.CreateBuffer(rows, second);
        using var table = device.CreateBuffer(rows, headDim);
        float[] gains = KernelSets.Normal(new Random(7), columns), headGains = KernelSets.Normal(new Random(8), headDim);
        DeviceWeight gain = device.LoadWeight(DeviceArrays.Vector(gains)), headGain = device.LoadWeight(DeviceArrays.Vector(headGains));
        device.RmsNorm(a, rows, gain, 1e-6f, a);
        device.RmsNormAdd(b, rows, gain, 1e-6f, a);
        device.RmsNormHeads(a, rows, headGain, 1e-6f);
        float[] frequencies = [.. Enumerable.Range(0, headDim / 2).Select(i => 1f / (i + 1))];
        device.RopeTable([.. Enumerable.Range(firstPosition, rows)], frequencies, 1, table);
        device.Rope(a, rows, headDim, table, RopeStyle.Norm);
        device.Rope(b, rows, headDim, table, RopeStyle.Neox);
        device.GeluMul(a, b, rows);
        device.SiluMul(b, a, rows);
        device.Add(b, rows, a);
        GC.KeepAlive(gains);
        GC.KeepAlive(headGains);
        return device.Read(a, rows);
    }

    private sealed class ForeignBuffer() : DeviceBuffer(1, 4)
    {
        public override void Dispose()
        {
        }
    }
}
