using System.Runtime;
using System.Runtime.InteropServices;
using Quipu.Cpu.Memory;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

/// <summary>That the calls with zeros reach all that a model's first prompt and first token need.</summary>
public sealed class KernelWarmupTests
{
    private const int Columns = 512, WeightRows = 64, Rows = 13;

    public static TheoryData<TensorType, int> TypesAndSets =>
        [.. from format in TensorFormats.All from set in InstructionSets.Supported select (format.Type, (int)set)];

    [Theory, MemberData(nameof(TypesAndSets))]
    public void ProductsThatComeAfterItCompileNothing(TensorType type, int set)
    {
        KernelWarmup.CallProducts((InstructionSet)set, type);
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1, InstructionSet = (InstructionSet)set });
        byte[] data = GC.AllocateArray<byte>((int)TensorFormats.Get(type).RowBytes(Columns) * WeightRows, pinned: true);
        var weight = device.LoadWeight(new TensorView("w", type, WeightRows, Columns, Marshal.UnsafeAddrOfPinnedArrayElement(data, 0)));
        using DeviceBuffer input = device.CreateBuffer(Rows, Columns), output = device.CreateBuffer(Rows, WeightRows);
        Fill(CpuDevice.Own(input));
        device.MatMul(input, 0, [new Projection(weight, output)]);

        long before = JitInfo.GetCompiledMethodCount(currentThread: true);
        device.MatMul(input, Rows, [new Projection(weight, output)]);
        device.MatMul(input, 1, [new Projection(weight, output)]);
        Assert.Equal(before, JitInfo.GetCompiledMethodCount(currentThread: true));
        // The weight holds a bare pointer.
        GC.KeepAlive(data);
    }

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void OperationsThatComeAfterItCompileNothing(int set)
    {
        KernelWarmup.CallOperations((InstructionSet)set);
        long before = JitInfo.GetCompiledMethodCount(currentThread: true);
        KernelWarmup.CallOperations((InstructionSet)set);
        Assert.Equal(before, JitInfo.GetCompiledMethodCount(currentThread: true));
    }

    // The first row has an outlier, as the first row of every sequence has.
    private static unsafe void Fill(CpuBuffer buffer)
    {
        for (int i = 0; i < buffer.Rows * buffer.Columns; i++) buffer.Data[i] = i == 0 ? 1000 : i % 7;
    }
}
