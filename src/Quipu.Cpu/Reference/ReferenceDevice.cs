using Quipu.Tensors;

namespace Quipu.Cpu.Reference;

/// <summary>
/// The exact device that every fast one is judged by: weights decoded to F32, activations and cache in F32, each operation written as
/// its formula. Obvious, and as fast as that allows; made for tests. It uses none of the fast kernels.
/// </summary>
public sealed class ReferenceDevice : IDevice
{
    /// <inheritdoc/>
    public DeviceDescription Description { get; } =
        new("reference", "F32, exact", Environment.ProcessorCount, ["weights decoded to F32, activations and cache in F32"]);

    /// <summary>Bytes of all buffers that were ever made: their memory is the collector's.</summary>
    public long WorkingBytes { get; private set; }

    /// <inheritdoc/>
    public DeviceWeight LoadWeight(TensorView view) => new ReferenceWeight(view);

    /// <inheritdoc/>
    public DeviceBuffer CreateBuffer(int rows, int columns)
    {
        WorkingBytes += sizeof(float) * (long)rows * columns;
        return new ReferenceBuffer(rows, columns);
    }

    /// <inheritdoc/>
    public DeviceCache CreateCache(CacheShape shape) => new ReferenceCache(shape);

    /// <inheritdoc/>
    public void CopyBlock(DeviceCache cache, int source, int destination) => ((ReferenceCache)cache).Copy(source, destination);

    /// <inheritdoc/>
    public void EmbedRows(DeviceWeight table, ReadOnlySpan<int> tokens, float scale, DeviceBuffer output)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            var row = Rows(output).Row(i);
            table.View.Format.Decode(table.View.Row(tokens[i]), row);
            foreach (ref float x in row)
                x *= scale;
        }
    }

    /// <inheritdoc/>
    public void MatMul(DeviceBuffer input, int rows, ReadOnlySpan<Projection> projections)
    {
        foreach (var projection in projections)
        {
            float[]? bias = projection.Bias is null ? null : Vector(projection.Bias);
            ReferenceMatMul.Multiply(Rows(input), rows, (ReferenceWeight)projection.Weight, bias, Rows(projection.Output));
        }
    }

    /// <inheritdoc/>
    public void RmsNorm(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer output)
    {
        float[] g = Vector(gain);
        for (int i = 0; i < rows; i++)
            Normalise(Rows(input).Row(i), g, epsilon, Rows(output).Row(i));
    }

    /// <inheritdoc/>
    public void RmsNormAdd(DeviceBuffer input, int rows, DeviceWeight gain, float epsilon, DeviceBuffer residual)
    {
        float[] g = Vector(gain);
        float[] normed = new float[input.Columns];
        for (int i = 0; i < rows; i++)
        {
            Normalise(Rows(input).Row(i), g, epsilon, normed);
            Linear.AddScaled(normed, 1f, Rows(residual).Row(i));
        }
    }

    /// <inheritdoc/>
    public void RmsNormHeads(DeviceBuffer values, int rows, DeviceWeight gain, float epsilon)
    {
        float[] g = Vector(gain);
        for (int i = 0; i < rows; i++)
            for (int h = 0; h < values.Columns; h += g.Length)
            {
                var head = Rows(values).Row(i).Slice(h, g.Length);
                Normalise(head, g, epsilon, head);
            }
    }

    /// <inheritdoc/>
    public void Add(DeviceBuffer input, int rows, DeviceBuffer residual)
    {
        for (int i = 0; i < rows; i++)
            Linear.AddScaled(Rows(input).Row(i), 1f, Rows(residual).Row(i));
    }

    /// <inheritdoc/>
    public void GeluMul(DeviceBuffer gate, DeviceBuffer up, int rows) => Gate(gate, up, rows, static x =>
        0.5f * x * (1f + MathF.Tanh(0.79788456080286535588f * (x + 0.044715f * x * x * x)))); // sqrt(2/pi)

    /// <inheritdoc/>
    public void SiluMul(DeviceBuffer gate, DeviceBuffer up, int rows) => Gate(gate, up, rows, static x => x / (1f + MathF.Exp(-x)));

    /// <inheritdoc/>
    public void RopeTable(ReadOnlySpan<int> positions, ReadOnlySpan<float> frequencies, float magnitude, DeviceBuffer table)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            var row = Rows(table).Row(i);
            for (int j = 0; j < frequencies.Length; j++)
            {
                var (sin, cos) = Math.SinCos((double)positions[i] * frequencies[j]);
                row[2 * j] = (float)(cos * magnitude);
                row[2 * j + 1] = (float)(sin * magnitude);
            }
        }
    }

    /// <inheritdoc/>
    public void Rope(DeviceBuffer values, int rows, int headDim, DeviceBuffer table, RopeStyle style)
    {
        int pairs = table.Columns / 2;
        var (step, apart) = style == RopeStyle.Norm ? (2, 1) : (1, pairs);
        for (int i = 0; i < rows; i++)
        {
            var turn = Rows(table).Row(i);
            for (int h = 0; h < values.Columns; h += headDim)
            {
                var head = Rows(values).Row(i).Slice(h, headDim);
                for (int j = 0; j < pairs; j++)
                {
                    var (cos, sin) = (turn[2 * j], turn[2 * j + 1]);
                    var (x, y) = (head[step * j], head[step * j + apart]);
                    head[step * j] = x * cos - y * sin;
                    head[step * j + apart] = x * sin + y * cos;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void StoreKeyValue(DeviceBuffer keys, DeviceBuffer values, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache)
    {
        var store = (ReferenceCache)cache;
        int length = cache.Shape.BlockLength, width = cache.Shape.KvHeads * cache.Shape.HeadDim;
        foreach (var segment in segments)
            for (int i = 0; i < segment.RowCount; i++)
            {
                int position = segment.FirstPosition + i;
                int block = segment.Blocks.Span[position / length], slot = position % length;
                Rounded(Rows(keys).Row(segment.FirstRow + i), cache.Shape.KeyType, store.Keys(block).AsSpan(slot * width, width));
                Rounded(Rows(values).Row(segment.FirstRow + i), cache.Shape.ValueType, store.Values(block).AsSpan(slot * width, width));
            }
    }

    // A cache of F16 is kept exact, as F32; one of Q8_0 loses what its codec loses.
    private static void Rounded(ReadOnlySpan<float> source, TensorType type, Span<float> destination)
    {
        source.CopyTo(destination);
        if (type == TensorType.F16)
            return;
        var format = TensorFormats.Get(type);
        byte[] blocks = new byte[format.RowBytes(source.Length)];
        format.Encode(source, blocks);
        format.Decode(blocks, destination);
    }

    /// <inheritdoc/>
    public void Attend(
        DeviceBuffer queries, ReadOnlySpan<AttentionSegment> segments, DeviceCache cache, float scale, int window, DeviceBuffer output)
    {
        foreach (var segment in segments)
            new ReferenceAttention(Rows(queries), segment, (ReferenceCache)cache, scale, window, Rows(output)).Run();
    }

    /// <inheritdoc/>
    public void GatherRows(DeviceBuffer input, ReadOnlySpan<int> rowIndices, DeviceBuffer output)
    {
        for (int i = 0; i < rowIndices.Length; i++)
            Rows(input).Row(rowIndices[i]).CopyTo(Rows(output).Row(i));
    }

    /// <inheritdoc/>
    public void ReadRow(DeviceBuffer buffer, int row, Span<float> destination) => Rows(buffer).Row(row).CopyTo(destination);

    /// <inheritdoc/>
    public void Dispose() { }

    private static ReferenceBuffer Rows(DeviceBuffer buffer) => (ReferenceBuffer)buffer;

    private static float[] Vector(DeviceWeight weight)
    {
        float[] elements = new float[weight.View.Columns];
        weight.View.Format.Decode(weight.View.Row(0), elements);
        return elements;
    }

    private static void Normalise(ReadOnlySpan<float> input, float[] gain, float epsilon, Span<float> output)
    {
        double sum = 0;
        foreach (float x in input)
            sum += (double)x * x;
        float scale = (float)(1 / Math.Sqrt(sum / input.Length + epsilon));
        for (int j = 0; j < input.Length; j++)
            output[j] = input[j] * scale * gain[j];
    }

    private static void Gate(DeviceBuffer gate, DeviceBuffer up, int rows, Func<float, float> activation) => Parallel.For(0, rows, i =>
    {
        var g = Rows(gate).Row(i);
        var u = Rows(up).Row(i);
        for (int j = 0; j < g.Length; j++)
            g[j] = activation(g[j]) * u[j];
    });
}
