using CsCheck;

namespace Quipu.Tensors.Tests;

/// <summary>What holds of every format, whatever the values.</summary>
public sealed class FormatPropertyTests
{
    /// <summary>
    /// Each format with the greatest error of an element after encoding and decoding, relative to the greatest magnitude of its
    /// block.
    /// </summary>
    public static TheoryData<TensorType, float> Bounds => new()
    {
        { TensorType.F32, 0 }, { TensorType.F16, 1 / 2048f }, { TensorType.BF16, 1 / 256f },
        // One step, since the quants reach one step farther on the extreme's side than on the other.
        { TensorType.Q4_0, 0.126f }, { TensorType.Q5_0, 0.063f },
        // Half a step of a range of twice the magnitude.
        { TensorType.Q4_1, 0.068f }, { TensorType.Q5_1, 0.034f }, { TensorType.Q8_0, 0.0045f },
        // The search lets outliers go where that serves the others, and the sub-blocks' scales are rounded too.
        { TensorType.Q2_K, 0.45f }, { TensorType.Q3_K, 0.25f }, { TensorType.Q4_K, 0.11f }, { TensorType.Q5_K, 0.06f },
        { TensorType.Q6_K, 0.02f },
    };

    /// <summary>The formats whose blocks encode to themselves once decoded. The K formats search anew, and may find another.</summary>
    public static TheoryData<TensorType> Idempotent =>
    [
        TensorType.F32, TensorType.F16, TensorType.BF16,
        TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1, TensorType.Q8_0,
    ];

    public static TheoryData<TensorType> All => [.. TensorFormats.All.Select(format => format.Type)];

    public static TheoryData<TensorType> Encodable => GoldenFormatTests.Encodable;

    /// <summary>Two blocks of values like weights: normal, of any width that F16 scales can hold, sometimes with an offset.</summary>
    private static Gen<float[]> Values(TensorFormat format) =>
        Gen.Select(Gen.Int, Gen.Double[-2, 2], Gen.Double[-2, 2]).Select((seed, logarithm, offset) =>
        {
            var random = new Random(seed);
            double width = Math.Pow(10, logarithm);
            float[] values = new float[2 * format.BlockLength];
            for (int i = 0; i < values.Length; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                values[i] = (float)(width * (offset + normal));
                // F16 is subnormal below, and no longer as precise.
                if (Math.Abs(values[i]) < 1e-4f)
                    values[i] = 0;
            }
            return values;
        });

    [Theory, MemberData(nameof(Bounds))]
    public void Decoded_values_are_within_the_bound_of_what_was_encoded(TensorType type, float bound)
    {
        var format = TensorFormats.Get(type);
        Values(format).Sample(values =>
        {
            float[] decoded = Decode(format, Encode(format, values));
            for (int start = 0; start < values.Length; start += format.BlockLength)
            {
                float greatest = 0;
                for (int i = start; i < start + format.BlockLength; i++)
                    greatest = Math.Max(greatest, Math.Abs(values[i]));
                for (int i = start; i < start + format.BlockLength; i++)
                {
                    if (!(Math.Abs(values[i] - decoded[i]) <= bound * greatest))
                        Assert.Fail($"{values[i]} became {decoded[i]}, greatest {greatest}.");
                }
            }
        }, iter: 500);
    }

    [Theory, MemberData(nameof(Idempotent))]
    public void Encoded_blocks_encode_to_themselves_once_decoded(TensorType type)
    {
        var format = TensorFormats.Get(type);
        Values(format).Sample(values =>
        {
            byte[] blocks = Encode(format, values);
            Assert.Equal(blocks, Encode(format, Decode(format, blocks)));
        }, iter: 500);
    }

    [Theory, MemberData(nameof(Encodable))]
    public void Zeros_stay_zeros(TensorType type)
    {
        var format = TensorFormats.Get(type);
        Assert.All(Decode(format, Encode(format, new float[2 * format.BlockLength])), value => Assert.Equal(0, value));
    }

    [Theory, MemberData(nameof(Encodable))]
    public void Encoding_overwrites_what_was_in_the_destination(TensorType type)
    {
        var format = TensorFormats.Get(type);
        Values(format).Sample(values =>
        {
            byte[] dirty = new byte[2 * format.BlockBytes];
            Array.Fill(dirty, byte.MaxValue);
            format.Encode(values, dirty);
            Assert.Equal(Encode(format, values), dirty);
        }, iter: 50);
    }

    [Theory, MemberData(nameof(All))]
    public void Any_bytes_decode(TensorType type)
    {
        var format = TensorFormats.Get(type);
        byte[] blocks = new byte[3 * format.BlockBytes];
        var random = new Random(7);
        for (int round = 0; round < 1000; round++)
        {
            random.NextBytes(blocks);
            float[] first = Decode(format, blocks), second = Decode(format, blocks);
            Assert.Equal(first, second);
        }
        Array.Fill(blocks, byte.MaxValue);
        Assert.All(Decode(format, blocks), value => Assert.False(float.IsFinite(value)));
    }

    [Theory, MemberData(nameof(Encodable))]
    public void Values_that_are_not_finite_or_extreme_encode_to_some_block(TensorType type)
    {
        var format = TensorFormats.Get(type);
        float[] special =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, 1e-38f, 0, -0f, 1,
        ];
        Gen.Int[0, special.Length - 1].Select(index => special[index]).Array[format.BlockLength].Sample(values =>
        {
            byte[] blocks = Encode(format, values);
            Assert.Equal(format.BlockBytes, blocks.Length);
            Assert.Equal(format.BlockLength, Decode(format, blocks).Length);
        }, iter: 300);
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Unquantized_formats_keep_values_that_are_not_finite(TensorType type)
    {
        var format = TensorFormats.Get(type);
        float[] decoded = Decode(format, Encode(format, [float.NaN, float.PositiveInfinity, float.NegativeInfinity]));
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity], decoded);
    }

    private static byte[] Encode(TensorFormat format, float[] values)
    {
        byte[] blocks = new byte[format.RowBytes(values.Length)];
        format.Encode(values, blocks);
        return blocks;
    }

    private static float[] Decode(TensorFormat format, byte[] blocks)
    {
        float[] values = new float[blocks.Length / format.BlockBytes * format.BlockLength];
        format.Decode(blocks, values);
        return values;
    }
}
