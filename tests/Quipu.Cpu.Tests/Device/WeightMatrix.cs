using Quipu.Cpu.Reference;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

/// <summary>A random matrix in a storage format, and what it decodes to.</summary>
internal sealed unsafe class WeightMatrix
{
    private readonly byte[] _data;

    public WeightMatrix(Random random, TensorType type, int rows, int columns)
    {
        TensorFormat format = TensorFormats.Get(type);
        int rowBytes = checked((int)format.RowBytes(columns));
        _data = GC.AllocateArray<byte>(rows * rowBytes, pinned: true);
        Decoded = new float[rows * columns];
        if (format.CanEncode) format.Encode(KernelSets.Normal(random, Decoded.Length, 0.1f), _data);
        else FillBlocks(random, format);
        format.Decode(_data, Decoded);
        fixed (byte* first = _data) View = new TensorView($"random.{type}", type, rows, columns, (nint)first);
    }

    public TensorView View { get; }

    public float[] Decoded { get; }

    // Formats without an encoder begin a block with its F16 scale; any other bytes are valid.
    private void FillBlocks(Random random, TensorFormat format)
    {
        random.NextBytes(_data);
        for (int block = 0; block < _data.Length; block += format.BlockBytes)
            BitConverter.TryWriteBytes(_data.AsSpan(block), (Half)(0.001f * (random.NextSingle() - 0.5f)));
    }
}

/// <summary>Buffers of a device filled from and read to arrays.</summary>
internal static unsafe class DeviceArrays
{
    public static DeviceBuffer CreateBuffer(this IDevice device, int rows, float[] values)
    {
        int columns = values.Length / rows;
        var buffer = device.CreateBuffer(rows, columns);
        for (int row = 0; row < rows; row++)
            values.AsSpan(row * columns, columns).CopyTo(buffer is ReferenceBuffer exact ? exact.Row(row) : new(CpuDevice.Own(buffer).Row(row), columns));
        return buffer;
    }

    public static float[] Read(this IDevice device, DeviceBuffer buffer, int rows)
    {
        float[] values = new float[rows * buffer.Columns];
        for (int row = 0; row < rows; row++) device.ReadRow(buffer, row, values.AsSpan(row * buffer.Columns, buffer.Columns));
        return values;
    }

    /// <summary>output = input · weightᵀ for each weight, on a device of its own.</summary>
    public static float[][] Multiply(CpuDeviceOptions options, float[] input, int rows, params ReadOnlySpan<(WeightMatrix Weight, float[]? Bias)> weights)
    {
        using var device = new CpuDevice(options);
        using var buffer = device.CreateBuffer(rows, input);
        var projections = new Projection[weights.Length];
        for (int i = 0; i < weights.Length; i++)
            projections[i] = new Projection(
                device.LoadWeight(weights[i].Weight.View),
                device.CreateBuffer(rows, weights[i].Weight.View.Rows),
                weights[i].Bias is { } bias ? device.LoadWeight(Vector(bias)) : null);
        device.MatMul(buffer, rows, projections);
        float[][] results = [.. projections.Select(p => device.Read(p.Output, rows))];
        foreach (var projection in projections) projection.Output.Dispose();
        // The device holds bare pointers to both.
        foreach (var (weight, bias) in weights)
        {
            GC.KeepAlive(weight);
            GC.KeepAlive(bias);
        }

        return results;
    }

    /// <summary>A vector as a weight; the array is pinned.</summary>
    public static TensorView Vector(float[] pinned) => new(
        "vector", TensorType.F32, 1, pinned.Length, (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref pinned[0]));
}
