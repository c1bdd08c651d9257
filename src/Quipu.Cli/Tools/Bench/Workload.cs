using Quipu.Cpu.Limits;
using Quipu.Engine;
using Quipu.Gguf;
using Quipu.Models;
using Quipu.Tensors;

namespace Quipu.Cli.Tools.Bench;

/// <summary>
/// What a token costs at least, counted from the file: bytes of weights that must be read, multiply-adds that must be made. A pass takes no
/// less than the longer of reading and computing (Williams et al. 2009, "Roofline", CACM 52(4)).
/// </summary>
internal sealed class Workload
{
    private readonly ModelShape _shape;
    private readonly int _heads;
    private readonly long _cacheRowBytes;
    private readonly Cost _layers;
    private readonly Cost _output;

    /// <summary>Counts a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="keyType">How keys are stored.</param>
    /// <param name="valueType">How values are stored.</param>
    public Workload(LanguageModel model, TensorType keyType = TensorType.F16, TensorType valueType = TensorType.F16)
    {
        _shape = model.Model.Shape;
        int row = _shape.KvHeads * _shape.HeadDim;
        _cacheRowBytes = TensorFormats.Get(keyType).RowBytes(row) + TensorFormats.Get(valueType).RowBytes(row);
        _heads = model.File.Metadata.GetInt32OrNull(_shape.Architecture + ".attention.head_count") ?? _shape.KvHeads;
        bool tied = !model.File.TryGetTensor("output.weight", out _);
        List<TensorView> weights = [];
        foreach (GgufTensor tensor in model.File.Tensors)
        {
            Parameters += tensor.ElementCount;
            FileBytes += tensor.ByteLength;
            // Of an embedding that is not the output layer too, a token reads one row.
            if (tensor.Name == "token_embd.weight" && !tied)
                continue;
            weights.Add(tensor.View);
            var cost = Cost.Of(tensor.View);
            if (tensor.Name is "output.weight" or "token_embd.weight")
                _output += cost;
            else
                _layers += cost;
        }
        Weights = weights;
        MainType = weights.GroupBy(view => view.Type).MaxBy(group => group.Sum(view => view.ByteLength))?.Key ?? TensorType.F32;
    }

    /// <summary>All matrices and vectors that a generated token reads.</summary>
    public IReadOnlyList<TensorView> Weights { get; }

    /// <summary>Elements of all tensors.</summary>
    public long Parameters { get; }

    /// <summary>Bytes of all tensors.</summary>
    public long FileBytes { get; }

    /// <summary>The type that takes most of the bytes.</summary>
    public TensorType MainType { get; }

    /// <summary>Tokens per second of a test at the machine's limits.</summary>
    public double LimitRate(BenchTest test, int microBatch, MachineLimits limits)
    {
        double seconds = 0;
        if (test.Kind == BenchKind.Generation)
        {
            for (int i = 0; i < test.Tokens; i++)
                seconds += Pass(test.Depth + i, 1, withOutput: true).Seconds(limits);
            return test.Tokens / seconds;
        }
        for (int done = 0; done < test.Tokens; done += microBatch)
        {
            int rows = Math.Min(microBatch, test.Tokens - done);
            seconds += Pass(test.Depth + done, rows, withOutput: done + rows == test.Tokens).Seconds(limits);
        }
        return test.Tokens / seconds;
    }

    // Weights are read once for a pass, multiplied with each row; of the output layer one row is asked for.
    private Cost Pass(int position, int rows, bool withOutput)
    {
        Cost cost = _layers.ForRows(rows) + Attention(position, rows);
        return withOutput ? cost + _output : cost;
    }

    // Each row looks at the positions of its window up to its own; what the rows look at is read once.
    private Cost Attention(int position, int rows)
    {
        long products = 0, bytes = 0;
        foreach (int window in _shape.LayerWindows)
        {
            int end = position + rows;
            long read = window == 0 ? end : Math.Min(end, window - 1L + rows);
            bytes += _cacheRowBytes * read;
            for (int row = position; row < end; row++)
                products += 2L * _heads * _shape.HeadDim * (window == 0 ? row + 1 : Math.Min(row + 1, window));
        }
        return new Cost(bytes, 0, products);
    }

    /// <summary>What something costs at least.</summary>
    /// <param name="Bytes">Bytes to read.</param>
    /// <param name="Integers">Multiply-adds of int8.</param>
    /// <param name="Floats">Multiply-adds of F32.</param>
    private readonly record struct Cost(long Bytes, long Integers, long Floats)
    {
        public static Cost operator +(Cost a, Cost b) => new(a.Bytes + b.Bytes, a.Integers + b.Integers, a.Floats + b.Floats);

        public static Cost Of(TensorView view)
        {
            long products = view.Rows == 1 ? 0 : (long)view.Rows * view.Columns;
            bool floats = view.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16;
            return new Cost(view.ByteLength, floats ? 0 : products, floats ? products : 0);
        }

        public Cost ForRows(int rows) => new(Bytes, Integers * rows, Floats * rows);

        public double Seconds(MachineLimits limits) => Math.Max(
            Bytes / limits.ReadBytesPerSecond,
            (Integers / limits.IntegerMultiplyAddsPerSecond) + (Floats / limits.FloatMultiplyAddsPerSecond));
    }
}
