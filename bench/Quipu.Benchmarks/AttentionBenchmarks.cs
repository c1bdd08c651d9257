using BenchmarkDotNet.Attributes;
using Quipu.Cpu;
using Quipu.Tensors;

namespace Quipu.Benchmarks;

/// <summary>Attention of one layer over a cache of some depth: one row, and 512 rows, with the heads of Gemma 3 1B and of SmolLM2 135M.</summary>
public class AttentionBenchmarks
{
    private const int BlockLength = 32, Rows = 512;

    private CpuDevice _device = null!;
    private DeviceCache _cache = null!;
    private DeviceBuffer _queries = null!;
    private DeviceBuffer _output = null!;
    private int[] _blocks = [];
    private int _headDim;

    /// <summary>Heads, heads of K and V, elements of a head.</summary>
    [Params("4/1x256", "9/3x64")]
    public string Heads { get; set; } = "";

    [Params(512, 8192)]
    public int Depth { get; set; }

    [Params(TensorType.F16, TensorType.Q8_0)]
    public TensorType CacheType { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        int[] shape = [.. Heads.Split('/', 'x').Select(int.Parse)];
        _headDim = shape[2];
        _device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        int blocks = (Depth + Rows) / BlockLength;
        _blocks = [.. Enumerable.Range(0, blocks)];
        _cache = _device.CreateCache(new CacheShape(blocks, BlockLength, shape[1], _headDim, CacheType, CacheType));
        _queries = Random(shape[0] * _headDim);
        _output = Random(shape[0] * _headDim);
        using var keys = Random(shape[1] * _headDim);
        using var values = Random(shape[1] * _headDim);
        for (int position = 0; position < Depth + Rows; position += Rows)
            _device.StoreKeyValue(keys, values, [new AttentionSegment(0, Rows, position, _blocks)], _cache);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _cache.Dispose();
        _queries.Dispose();
        _output.Dispose();
        _device.Dispose();
    }

    [Benchmark]
    public void Token() => Attend(1);

    /// <summary>Per row.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Prompt() => Attend(Rows);

    private void Attend(int rows) => _device.Attend(
        _queries, [new AttentionSegment(0, rows, Depth, _blocks)], _cache, 1 / MathF.Sqrt(_headDim), window: 0, _output);

    private DeviceBuffer Random(int columns)
    {
        var buffer = _device.CreateBuffer(Rows, columns);
        using var table = new RandomMatrix(TensorType.F32, 64, columns);
        _device.EmbedRows(_device.LoadWeight(table.View), [.. Enumerable.Range(0, Rows).Select(i => i % 64)], 1, buffer);
        return buffer;
    }
}
