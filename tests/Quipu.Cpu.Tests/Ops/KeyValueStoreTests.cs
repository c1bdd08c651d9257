using CsCheck;
using Quipu.Cpu.Lanes;
using Quipu.Cpu.Ops;
using Quipu.Tensors;

namespace Quipu.Cpu.Tests.Ops;

public sealed class KeyValueStoreTests
{
    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Rows_land_in_their_blocks_rounded_to_half(LaneCase lane) => lane.Run(new RoundTrip());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Quantized_rows_are_what_the_codec_of_their_type_makes(LaneCase lane) => lane.Run(new Quantized());

    [Theory, MemberData(nameof(LaneCases.All), MemberType = typeof(LaneCases))]
    public void Too_large_numbers_become_the_largest_half(LaneCase lane) => lane.Run(new Saturation());

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void A_position_without_a_block_is_an_error(int block)
    {
        using var cache = new CacheFixture(new CacheShape(4, 8, 1, 4));
        var error = Assert.Throws<InvalidOperationException>(() => cache.Store<Lane1>(new float[4], new float[4], 9, [0, block]));
        Assert.Contains("Block 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => cache.Store<Lane1>(new float[4], new float[4], 8, [0]));
    }

    private sealed class RoundTrip : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane> =>
            Gen.Select(Gen.Int[1, 40], Gen.Int[1, 20], Gen.Int[1, 3], Gen.Int[1, 40], Gen.Int[0, 30], Gen.Int)
                .Sample(Check<TLane>, iter: 60);

        private static void Check<TLane>(int blockLength, int rows, int kvHeads, int headDim, int first, int seed)
            where TLane : struct, ILane<TLane>
        {
            var random = new Random(seed);
            int blockCount = ((first + rows) / blockLength) + 1;
            using var cache = new CacheFixture(new CacheShape(blockCount, blockLength, kvHeads, headDim));
            int[] blocks = [.. Enumerable.Range(0, blockCount)];
            random.Shuffle(blocks);
            float[] keys = Values.Normal(random, rows * kvHeads * headDim, 2), values = Values.Normal(random, keys.Length, 2);
            cache.Store<TLane>(keys, values, first, blocks);
            for (int i = 0; i < keys.Length; i++)
            {
                int row = i / (kvHeads * headDim), head = i / headDim % kvHeads, element = i % headDim;
                (int index, int offset) = Math.DivRem(first + row, blockLength);
                Assert.Equal((float)(Half)keys[i], cache.Key(blocks[index], offset, head, element));
                Assert.Equal((float)(Half)values[i], cache.Value(blocks[index], offset, head, element));
            }
            (int before, int last) = Math.DivRem(first + rows, blockLength);
            Assert.Equal(65504f, cache.Key(blocks[before], last, 0, 0));
            Assert.Equal(65504f, cache.Value(blocks[before], last, 0, 0));
        }
    }

    private sealed unsafe class Quantized : ILaneAction
    {
        private const int BlockLength = 24, KvHeads = 2, HeadDim = 64, Rows = 30, First = 7;

        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            var random = new Random(4);
            using var cache = new CacheFixture(new CacheShape(3, BlockLength, KvHeads, HeadDim, TensorType.Q8_0, TensorType.Q8_0));
            int[] blocks = [2, 0];
            float[] keys = Values.Normal(random, Rows * KvHeads * HeadDim, 2), values = Values.Normal(random, keys.Length, 2);
            keys.AsSpan(0, 32).Clear();
            cache.Store<TLane>(keys, values, First, blocks);
            float[] expectedKeys = Codec(keys), expectedValues = Codec(values);
            float[] wideKeys = new float[HeadDim * cache.Layout.PositionStride], wideValues = new float[BlockLength * HeadDim];
            for (int i = 0; i < keys.Length; i++)
            {
                int row = i / (KvHeads * HeadDim), head = i / HeadDim % KvHeads, element = i % HeadDim;
                (int index, int offset) = Math.DivRem(First + row, BlockLength);
                fixed (float* key = wideKeys)
                fixed (float* value = wideValues)
                {
                    CacheBlock<TLane>.WidenKeys(cache.Layout.KeyBlock(cache.Keys, blocks[index], head), cache.Layout, key);
                    CacheBlock<TLane>.WidenValues(cache.Layout.ValueBlock(cache.Values, blocks[index], head), cache.Layout, offset, 1, value);
                }
                Assert.Equal(expectedKeys[i], wideKeys[(element * cache.Layout.PositionStride) + offset]);
                Assert.Equal(expectedValues[i], wideValues[element]);
            }
        }

        private static float[] Codec(float[] elements)
        {
            var format = TensorFormats.Get(TensorType.Q8_0);
            byte[] blocks = new byte[format.RowBytes(elements.Length)];
            float[] decoded = new float[elements.Length];
            format.Encode(elements, blocks);
            format.Decode(blocks, decoded);
            return decoded;
        }
    }

    private sealed class Saturation : ILaneAction
    {
        public void Run<TLane>() where TLane : struct, ILane<TLane>
        {
            float[] large = [1e6f, -1e6f, float.PositiveInfinity, float.NegativeInfinity, 65519, -65520];
            float[] row = [.. large, .. large, .. large, .. large];
            using var cache = new CacheFixture(new CacheShape(1, 16, 1, row.Length));
            cache.Store<TLane>(row, row, 3, [0]);
            for (int i = 0; i < row.Length; i++)
            {
                Assert.Equal(MathF.CopySign(65504, row[i]), cache.Key(0, 3, 0, i));
                Assert.Equal(MathF.CopySign(65504, row[i]), cache.Value(0, 3, 0, i));
            }
        }
    }
}
