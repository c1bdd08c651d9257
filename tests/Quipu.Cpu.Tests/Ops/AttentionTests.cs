using CsCheck;
using Quipu.Cpu.Lanes;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Ops;

public sealed class AttentionTests
{
    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Agrees_with_double_for_random_shapes(LaneCase lane) => lane.Run(new RandomShapes());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Agrees_with_double_for_the_shapes_of_models(LaneCase lane) => lane.Run(new ModelShapes());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Segments_do_not_disturb_each_other_and_may_share_blocks(LaneCase lane) => lane.Run(new SharedBlocks());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void The_result_depends_neither_on_the_batch_nor_on_the_division_of_work(LaneCase lane) => lane.Run(new Invariance());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Blocks_behind_the_window_may_be_gone(LaneCase lane) => lane.Run(new LetGo());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Huge_scores_choose_one_position_and_never_become_NaN(LaneCase lane) => lane.Run(new HugeScores());

    [Fact]
    public void A_needed_block_that_is_missing_is_an_error()
    {
        using var cache = new CacheFixture(new CacheShape(4, 8, 1, 4));
        cache.Store<Lane1>(new float[16 * 4], new float[16 * 4], 0, [0, 1]);
        Assert.Throws<InvalidOperationException>(
            () => cache.Attend<Lane1>(new float[4], 1, [new AttentionSegment(0, 1, 15, (int[])[-1, 1])], 1, 0));
        Assert.Throws<InvalidOperationException>(
            () => cache.Attend<Lane1>(new float[4], 1, [new AttentionSegment(0, 1, 16, (int[])[0, 1])], 1, 0));
    }

    [Fact]
    public void No_rows_are_no_work()
    {
        using var cache = new CacheFixture(new CacheShape(1, 8, 1, 4));
        Assert.Empty(cache.Attend<Lane1>([], 1, [new AttentionSegment(0, 0, 0, (int[])[])], 1, 0));
        Assert.Empty(cache.Attend<Lane1>([], 1, [], 1, 0));
    }

    /// <summary>A sequence of random Q, K and V, stored in a cache whose blocks lie in random order.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene(int seed, int length, int blockLength, int heads, int kvHeads, int headDim, bool quantized = false)
        {
            var random = new Random(seed);
            (Length, Heads, KvHeads, HeadDim, BlockLength) = (length, heads, kvHeads, headDim, blockLength);
            Queries = Values.Normal(random, length * heads * headDim, 1);
            Keys = Values.Normal(random, length * kvHeads * headDim, 1);
            ValueRows = Values.Normal(random, length * kvHeads * headDim, 1);
            int blocks = ((length - 1) / blockLength) + 1;
            TensorType type = quantized ? TensorType.Q8_0 : TensorType.F16;
            Cache = new CacheFixture(new CacheShape(blocks + 2, blockLength, kvHeads, headDim, type, type));
            (StoredKeys, StoredValues) = (Stored(Keys, type), Stored(ValueRows, type));
            Blocks = [.. Enumerable.Range(0, blocks + 2)];
            random.Shuffle(Blocks);
            Blocks = Blocks[..blocks];
        }

        public CacheFixture Cache { get; }

        public int Length { get; }

        public int Heads { get; }

        public int KvHeads { get; }

        public int HeadDim { get; }

        public int BlockLength { get; }

        public int[] Blocks { get; }

        public float[] Queries { get; }

        public float[] Keys { get; }

        public float[] ValueRows { get; }

        /// <summary>What the cache keeps of the keys.</summary>
        public float[] StoredKeys { get; }

        /// <summary>What it keeps of the values.</summary>
        public float[] StoredValues { get; }

        public float Scale => 1 / MathF.Sqrt(HeadDim);

        public void Store<TLane>(int from, int to) where TLane : struct, ILane<TLane>
        {
            int row = KvHeads * HeadDim;
            Cache.Store<TLane>(Keys.AsSpan(from * row, (to - from) * row), ValueRows.AsSpan(from * row, (to - from) * row), from, Blocks);
        }

        /// <summary>Stores and attends as passes of the given lengths.</summary>
        public float[] RunInPasses<TLane>(int window, IEnumerable<int> lengths, int workers = 1, bool backwards = false)
            where TLane : struct, ILane<TLane>
        {
            int row = Heads * HeadDim, from = 0;
            var result = new List<float>();
            foreach (int length in lengths)
            {
                Store<TLane>(from, from + length);
                result.AddRange(Cache.Attend<TLane>(
                    Queries[(from * row)..((from + length) * row)], Heads, [new AttentionSegment(0, length, from, Blocks)],
                    Scale, window, workers, backwards));
                from += length;
            }
            return [.. result];
        }

        /// <summary>One query head's output in double, from K and V as they are stored.</summary>
        public double[] Reference(int position, int head, int window)
        {
            int kvHead = head / (Heads / KvHeads), first = window > 0 ? Math.Max(0, position - window + 1) : 0;
            var scores = new double[position + 1 - first];
            for (int p = first; p <= position; p++)
                for (int i = 0; i < HeadDim; i++)
                    scores[p - first] += (double)Queries[(((position * Heads) + head) * HeadDim) + i] * Scale
                        * StoredKeys[(((p * KvHeads) + kvHead) * HeadDim) + i];
            double maximum = scores.Max(), sum = 0;
            var result = new double[HeadDim];
            for (int p = first; p <= position; p++)
            {
                double weight = Math.Exp(scores[p - first] - maximum);
                sum += weight;
                for (int i = 0; i < HeadDim; i++)
                    result[i] += weight * StoredValues[(((p * KvHeads) + kvHead) * HeadDim) + i];
            }
            return [.. result.Select(x => x / sum)];
        }

        // By the scalar codec. Heads are whole blocks of Q8_0, so rows of heads are too.
        private static float[] Stored(float[] elements, TensorType type)
        {
            var format = TensorFormats.Get(type);
            byte[] blocks = new byte[format.RowBytes(elements.Length)];
            float[] stored = new float[elements.Length];
            format.Encode(elements, blocks);
            format.Decode(blocks, stored);
            return stored;
        }

        public void AssertRow(int position, int window, ReadOnlySpan<float> actual)
        {
            for (int head = 0; head < Heads; head++)
            {
                double[] expected = Reference(position, head, window);
                for (int i = 0; i < HeadDim; i++)
                    Assert.InRange(actual[(head * HeadDim) + i] - expected[i], -1e-5, 1e-5);
            }
        }

        public void AssertRows(int window, float[] actual, int step = 1)
        {
            int row = Heads * HeadDim;
            for (int position = 0; position < Length; position += step)
                AssertRow(position, window, actual.AsSpan(position * row, row));
            AssertRow(Length - 1, window, actual.AsSpan((Length - 1) * row, row));
        }

        public void Dispose() => Cache.Dispose();
    }

    private sealed class RandomShapes : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(
                Gen.Int[1, 90], Gen.Int[1, 50], Gen.Int[1, 3], Gen.Int[1, 6], Gen.Int[1, 70], Gen.Int[0, 60], Gen.Int[1, 40], Gen.Int)
                .Sample((length, blockLength, kvHeads, group, headDim, window, first, seed) =>
                {
                    bool quantized = (seed & 1) == 0;
                    headDim = quantized ? (headDim + 31) / 32 * 32 : headDim;
                    using var scene = new Scene(seed, length, blockLength, kvHeads * group, kvHeads, headDim, quantized);
                    first = Math.Min(first, length);
                    scene.AssertRows(window, scene.RunInPasses<TLane>(window, [first, length - first], workers: 1 + (seed & 7)));
                }, iter: 40);
    }

    private sealed class ModelShapes : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            foreach ((int heads, int kvHeads, int headDim, int window, bool quantized) in
                ((int, int, int, int, bool)[])[
                    (9, 3, 64, 0, false), (4, 1, 256, 0, false), (4, 1, 256, 100, false), (8, 1, 80, 0, false), (2, 2, 128, 0, false),
                    (9, 3, 64, 0, true), (4, 1, 256, 100, true)])
            {
                using var scene = new Scene(3, 700, 32, heads, kvHeads, headDim, quantized);
                scene.AssertRows(window, scene.RunInPasses<TLane>(window, [512, 187, 1], workers: 2), step: 53);
            }
        }
    }

    private sealed class SharedBlocks : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            // Two sequences begin with the same two blocks; a third is on its own. One pass holds rows of all, of different lengths.
            const int block = 16, heads = 4, headDim = 24, row = heads * headDim;
            using var scene = new Scene(11, 5 * block, block, heads, 2, headDim);
            scene.Store<TLane>(0, scene.Length);
            float[] expected = scene.Cache.Attend<TLane>(
                scene.Queries, heads, [new AttentionSegment(0, scene.Length, 0, scene.Blocks)], scene.Scale, 0);
            int[] sibling = [scene.Blocks[0], scene.Blocks[1], scene.Blocks[4]];
            int[] alone = [scene.Blocks[3]];
            float[] all = scene.Queries;
            float[] queries = [.. all[(40 * row)..(70 * row)], .. all[(5 * row)..(6 * row)], .. all[(30 * row)..(34 * row)]];
            AttentionSegment[] segments =
            [
                new(31, 4, 30, sibling),
                new(30, 1, 5, alone),
                new(0, 30, 40, scene.Blocks),
            ];
            float[] actual = scene.Cache.Attend<TLane>(queries, heads, segments, scene.Scale, 0, workers: 3);
            Assert.Equal(expected[(40 * row)..(70 * row)], actual[..(30 * row)]);
            Assert.Equal(expected[(30 * row)..(32 * row)], actual[(31 * row)..(33 * row)]);
            // The lone sequence's own block, seen as a whole sequence of it.
            float[] lone = scene.Cache.Attend<TLane>(
                scene.Queries[(5 * row)..(6 * row)], heads, [new AttentionSegment(0, 1, 5, alone)], scene.Scale, 0);
            Assert.Equal(lone, actual[(30 * row)..(31 * row)]);
            Assert.NotEqual(expected[(5 * row)..(6 * row)], lone);
            Assert.DoesNotContain(actual, float.IsNaN);
        }
    }

    private sealed class Invariance : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            // Longer than two chunks, so that the merge of chunks takes part; passes of many rows, of few, and of one.
            foreach ((int heads, int kvHeads, int headDim, int window, bool quantized) in ((int, int, int, int, bool)[])[
                (3, 1, 20, 0, false), (4, 2, 20, 0, false), (6, 1, 20, 0, false), (3, 1, 20, 600, false), (4, 2, 32, 600, true)])
            {
                using var scene = new Scene(heads, 1300, 32, heads, kvHeads, headDim, quantized);
                float[] whole = scene.RunInPasses<TLane>(window, [1300]);
                scene.AssertRows(window, whole, step: 211);
                int[] uneven = [1, 63, 500, 7, 3, 456, 200, .. Enumerable.Repeat(1, 70)];
                Assert.Equal(whole, scene.RunInPasses<TLane>(window, uneven));
                Assert.Equal(whole, scene.RunInPasses<TLane>(window, uneven, workers: 64, backwards: true));
            }
        }
    }

    private sealed class LetGo : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            const int window = 40;
            using var scene = new Scene(8, 300, 16, 4, 1, 32);
            float[] whole = scene.RunInPasses<TLane>(window, [300]);
            int row = scene.Heads * scene.HeadDim;
            foreach ((int first, int count) in ((int, int)[])[(299, 1), (290, 10), (200, 100)])
            {
                int[] blocks = [.. scene.Blocks];
                for (int i = 0; i < (first - window + 1) / 16; i++)
                    blocks[i] = -1;
                float[] actual = scene.Cache.Attend<TLane>(
                    scene.Queries[(first * row)..((first + count) * row)], scene.Heads,
                    [new AttentionSegment(0, count, first, blocks)], scene.Scale, window, workers: 4);
                Assert.Equal(whole[(first * row)..((first + count) * row)], actual);
            }
        }
    }

    private sealed class HugeScores : ILaneAction
    {
        private const int Length = 70;
        private const int HeadDim = 16;
        private const int Best = 37;
        private static readonly int[] Blocks = [4, 2, 0, 1, 3];

        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            // The largest key is at Best; the most negative ones, all alike, at even positions. Each V is its position.
            using var cache = new CacheFixture(new CacheShape(5, 16, 1, HeadDim));
            float[] keys = new float[Length * HeadDim], values = new float[Length * HeadDim];
            for (int p = 0; p < Length; p++)
            {
                keys.AsSpan(p * HeadDim, HeadDim).Fill(p == Best ? 2 : p % 2 == 0 ? -3 : 1);
                values.AsSpan(p * HeadDim, HeadDim).Fill(p);
            }
            cache.Store<TLane>(keys, values, 0, Blocks);
            // Many rows, and one.
            foreach (int count in (int[])[20, 1])
            {
                foreach (float size in (float[])[1e3f, 1e10f, 1e30f, 1e36f])
                {
                    Assert.All(Attend<TLane>(cache, count, size), x => Assert.Equal(Best, x, 1e-4f));
                    float[] even = Attend<TLane>(cache, count, -size);
                    for (int i = 0; i < even.Length; i++)
                        Assert.Equal((Length - count + (i / HeadDim)) / 2, even[i], 1e-4f);
                }
                // Scores that overflow are all the largest number, or none is left but the least.
                Assert.All(Attend<TLane>(cache, count, 1e38f), x => Assert.InRange(x, 0, Length));
                Assert.All(Attend<TLane>(cache, count, -1e38f), x => Assert.InRange(x, 0, Length));
                Assert.All(Attend<TLane>(cache, count, float.NaN), x => Assert.True(float.IsNaN(x)));
            }
        }

        private static float[] Attend<TLane>(CacheFixture cache, int count, float query) where TLane : struct, ILane<TLane>
        {
            var queries = new float[count * HeadDim];
            Array.Fill(queries, query);
            return cache.Attend<TLane>(queries, 1, [new AttentionSegment(0, count, Length - count, Blocks)], 1, 0);
        }
    }
}
