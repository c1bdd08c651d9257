using BenchmarkDotNet.Attributes;
using Quipu.Cpu;
using Quipu.Tensors;

namespace Quipu.Benchmarks;

/// <summary>
/// The gate and up projections of Gemma 3 1B ([6912, 1152], shared input) in each type: one row, as a generated token needs them, out of
/// memory, since eight layers do not fit the cache; and 512 rows of one layer, as a prompt does.
/// </summary>
public class MatMulBenchmarks
{
    // K formats need rows of a multiple of 256.
    private const int Columns = 1280, Outputs = 6912, Layers = 8, Rows = 512;

    private readonly List<RandomMatrix> _matrices = [];
    private CpuDevice _device = null!;
    private DeviceBuffer _input = null!;
    private DeviceBuffer _first = null!;
    private DeviceBuffer _second = null!;
    private Projection[][] _layers = [];

    [Params(
        TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1, TensorType.Q8_0, TensorType.Q4_K, TensorType.Q5_K,
        TensorType.Q6_K, TensorType.IQ4_NL, TensorType.F16, TensorType.BF16)]
    public TensorType Type { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _device = new CpuDevice(new CpuDeviceOptions { Threads = Threads });
        _input = _device.CreateBuffer(Rows, Columns);
        _first = _device.CreateBuffer(Rows, Outputs);
        _second = _device.CreateBuffer(Rows, Outputs);
        using var table = new RandomMatrix(TensorType.F32, 64, Columns);
        _device.EmbedRows(_device.LoadWeight(table.View), [.. Enumerable.Range(0, Rows).Select(i => i % 64)], 1, _input);
        _layers = [.. Enumerable.Range(0, Layers).Select(_ => new[] { Make(_first), Make(_second) })];
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _input.Dispose();
        _first.Dispose();
        _second.Dispose();
        _device.Dispose();
        _matrices.ForEach(matrix => matrix.Dispose());
        _matrices.Clear();
    }

    /// <summary>Per layer.</summary>
    [Benchmark(OperationsPerInvoke = Layers)]
    public void Token()
    {
        foreach (Projection[] layer in _layers)
            _device.MatMul(_input, 1, layer);
    }

    /// <summary>Per row.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Prompt() => _device.MatMul(_input, Rows, _layers[0]);

    private Projection Make(DeviceBuffer output)
    {
        var matrix = new RandomMatrix(Type, Outputs, Columns);
        _matrices.Add(matrix);
        return new Projection(_device.LoadWeight(matrix.View), output);
    }
}
