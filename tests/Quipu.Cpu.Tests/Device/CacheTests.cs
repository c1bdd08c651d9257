using Quipu.Cpu.Reference;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Device;

public sealed class CacheTests
{
    private const int Heads = 6, KvHeads = 2, HeadDim = 32, Columns = KvHeads * HeadDim, BlockLength = 32;
    private static readonly CacheShape Shape = new(64, BlockLength, KvHeads, HeadDim);

    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Attention_is_the_softmax_weighted_sum(int set)
    {
        const int Rows = 70;
        var random = new Random(1);
        float[] q = KernelSets.Normal(random, Rows * Heads * HeadDim), k = Rounded(random, Rows), v = Rounded(random, Rows);
        foreach (int window in (int[])[0, 40])
        {
            float[] actual = Attend(new CpuDeviceOptions { Threads = 2, InstructionSet = (InstructionSet)set }, q, k, v, Rows, Rows, window);
            for (int i = 0; i < actual.Length; i++)
                Assert.InRange(Math.Abs(actual[i] - Expected(q, k, v, i / (Heads * HeadDim), i % (Heads * HeadDim), window)), 0, 1e-4);
        }
    }

    // One device rounds to Q8_0 what the other does, so the results are as near as F32 products are.
    [Theory, MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void A_quantized_cache_is_that_of_the_reference(int set)
    {
        const int Rows = 70;
        var random = new Random(5);
        float[] q = KernelSets.Normal(random, Rows * Heads * HeadDim);
        float[] k = KernelSets.Normal(random, Rows * Columns), v = KernelSets.Normal(random, Rows * Columns);
        foreach ((TensorType keyType, TensorType valueType) in ((TensorType, TensorType)[])[
            (TensorType.Q8_0, TensorType.Q8_0), (TensorType.Q8_0, TensorType.F16), (TensorType.F16, TensorType.Q8_0)])
        {
            var shape = Shape with { KeyType = keyType, ValueType = valueType };
            using var device = new CpuDevice(new CpuDeviceOptions { Threads = 2, InstructionSet = (InstructionSet)set });
            using var reference = new ReferenceDevice();
            float[] expected = Attend(reference, shape, q, k, v, Rows, Rows, 0), actual = Attend(device, shape, q, k, v, Rows, 3, 0);
            double tolerance = keyType == valueType ? 1e-5 : 2e-3;
            for (int i = 0; i < actual.Length; i++)
                Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
        }
    }

    [Fact]
    public void A_cache_that_the_device_does_not_have_is_refused()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        Assert.Contains("Q4_0", Assert.Throws<NotSupportedException>(() => device.CreateCache(Shape with { KeyType = TensorType.Q4_0 })).Message,
            StringComparison.Ordinal);
        Assert.Contains("20", Assert.Throws<NotSupportedException>(
            () => device.CreateCache(Shape with { HeadDim = 20, ValueType = TensorType.Q8_0 })).Message, StringComparison.Ordinal);
        using var half = device.CreateCache(Shape);
        using var quantized = device.CreateCache(Shape with { KeyType = TensorType.Q8_0, ValueType = TensorType.Q8_0 });
        Assert.Equal(half.ByteLength * 34 / 64, quantized.ByteLength);
    }

    [Fact]
    public void Threads_and_batches_do_not_change_a_bit()
    {
        const int Rows = 1300;
        var random = new Random(2);
        float[] q = KernelSets.Normal(random, Rows * Heads * HeadDim), k = Rounded(random, Rows), v = Rounded(random, Rows);
        float[] expected = Attend(new CpuDeviceOptions { Threads = 1 }, q, k, v, Rows, Rows, 0);
        Assert.Equal(expected, Attend(new CpuDeviceOptions { Threads = 3 }, q, k, v, Rows, Rows, 0));
        Assert.Equal(expected, Attend(new CpuDeviceOptions { Threads = 2 }, q, k, v, Rows, 173, 0));
        const int Tail = 1250;
        float[] single = Attend(new CpuDeviceOptions { Threads = 3 }, q, k, v, Rows, 1, 0, firstAttended: Tail);
        Assert.Equal(expected[(Tail * Heads * HeadDim)..], single[(Tail * Heads * HeadDim)..]);
    }

    [Fact]
    public void A_copied_block_holds_the_same_keys_and_values()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        using var cache = device.CreateCache(Shape);
        var random = new Random(3);
        using var q = device.CreateBuffer(BlockLength, KernelSets.Normal(random, BlockLength * Heads * HeadDim));
        using var k = device.CreateBuffer(BlockLength, KernelSets.Normal(random, BlockLength * Columns));
        using var v = device.CreateBuffer(BlockLength, KernelSets.Normal(random, BlockLength * Columns));
        using var output = device.CreateBuffer(BlockLength, Heads * HeadDim);
        AttentionSegment source = new(0, BlockLength, 0, new[] { 7 }), copy = new(0, BlockLength, 0, new[] { 3 });
        device.StoreKeyValue(k, v, [source], cache);
        device.Attend(q, [source], cache, 0.2f, 0, output);
        float[] expected = device.Read(output, BlockLength);
        device.CopyBlock(cache, 7, 3);
        device.Attend(q, [copy], cache, 0.2f, 0, output);
        Assert.Equal(expected, device.Read(output, BlockLength));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.CopyBlock(cache, 64, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.CopyBlock(cache, 0, -1));
    }

    [Fact]
    public void Segments_outside_their_buffers_or_blocks_are_refused()
    {
        using var device = new CpuDevice(new CpuDeviceOptions { Threads = 1 });
        using var cache = device.CreateCache(Shape);
        using var k = device.CreateBuffer(4, Columns);
        using var q = device.CreateBuffer(4, Heads * HeadDim);
        int[] blocks = [0];
        Assert.Throws<ArgumentOutOfRangeException>(() => device.StoreKeyValue(k, k, [new AttentionSegment(0, 5, 0, blocks)], cache));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.StoreKeyValue(k, k, [new AttentionSegment(-1, 1, 0, blocks)], cache));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.StoreKeyValue(k, k, [new AttentionSegment(0, 1, -1, blocks)], cache));
        Assert.Throws<InvalidOperationException>(() => device.StoreKeyValue(k, k, [new AttentionSegment(0, 1, 32, blocks)], cache));
        Assert.Throws<InvalidOperationException>(() => device.Attend(q, [new AttentionSegment(0, 1, 32, blocks)], cache, 1, 0, q));
        Assert.Throws<ArgumentException>(() => device.StoreKeyValue(q, q, [new AttentionSegment(0, 1, 0, blocks)], cache));
    }

    // Stores and attends in batches; rows before firstAttended are only stored.
    private static float[] Attend(
        CpuDeviceOptions options, float[] q, float[] k, float[] v, int rows, int batch, int window, int firstAttended = 0)
    {
        using var device = new CpuDevice(options);
        return Attend(device, Shape, q, k, v, rows, batch, window, firstAttended);
    }

    private static float[] Attend(
        IDevice device, CacheShape shape, float[] q, float[] k, float[] v, int rows, int batch, int window, int firstAttended = 0)
    {
        using var cache = device.CreateCache(shape);
        int[] blocks = [.. Enumerable.Range(0, Shape.Blocks).Select(i => (i * 5) % Shape.Blocks)];
        float[] result = new float[rows * Heads * HeadDim];
        for (int row = 0; row < rows;)
        {
            int count = Math.Min(row < firstAttended ? firstAttended - row : batch, rows - row);
            using var queries = device.CreateBuffer(count, q[(row * Heads * HeadDim)..((row + count) * Heads * HeadDim)]);
            using var keys = device.CreateBuffer(count, k[(row * Columns)..((row + count) * Columns)]);
            using var values = device.CreateBuffer(count, v[(row * Columns)..((row + count) * Columns)]);
            AttentionSegment[] segments = [new(0, count, row, blocks)];
            device.StoreKeyValue(keys, values, segments, cache);
            if (row >= firstAttended)
            {
                device.Attend(queries, segments, cache, 0.2f, window, queries);
                device.Read(queries, count).CopyTo(result, row * Heads * HeadDim);
            }

            row += count;
        }

        return result;
    }

    // Numbers that F16 holds, so that the cache's rounding stays out of the comparison.
    private static float[] Rounded(Random random, int rows) =>
        [.. KernelSets.Normal(random, rows * Columns).Select(value => (float)(Half)value)];

    private static double Expected(float[] q, float[] k, float[] v, int row, int column, int window)
    {
        int head = column / HeadDim, kvHead = head / (Heads / KvHeads), element = column % HeadDim;
        double sum = 0, total = 0;
        for (int position = window > 0 ? Math.Max(0, row - window + 1) : 0; position <= row; position++)
        {
            double score = 0;
            for (int i = 0; i < HeadDim; i++)
                score += q[(row * Heads * HeadDim) + (head * HeadDim) + i] * k[(position * Columns) + (kvHead * HeadDim) + i];
            double weight = Math.Exp(0.2 * score);
            total += weight;
            sum += weight * v[(position * Columns) + (kvHead * HeadDim) + element];
        }

        return sum / total;
    }
}
