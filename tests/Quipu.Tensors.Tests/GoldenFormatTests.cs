namespace Quipu.Tensors.Tests;

/// <summary>The codecs against what llama.cpp's quantizer wrote.</summary>
public sealed class GoldenFormatTests
{
    /// <summary>Each format with the root mean square error that its decoded weights may have, relative to the weights'.</summary>
    public static TheoryData<TensorType, double> RelativeErrors => new()
    {
        { TensorType.F32, 0 }, { TensorType.F16, 0.0003 }, { TensorType.BF16, 0.002 },
        { TensorType.Q4_0, 0.09 }, { TensorType.Q4_1, 0.08 }, { TensorType.Q5_0, 0.045 }, { TensorType.Q5_1, 0.04 },
        { TensorType.Q8_0, 0.006 }, { TensorType.Q2_K, 0.3 }, { TensorType.Q3_K, 0.16 }, { TensorType.Q4_K, 0.075 },
        { TensorType.Q5_K, 0.038 }, { TensorType.Q6_K, 0.018 }, { TensorType.IQ4_NL, 0.08 }, { TensorType.IQ4_XS, 0.08 },
    };

    public static TheoryData<TensorType> Encodable =>
        [.. TensorFormats.All.Where(format => format.CanEncode).Select(format => format.Type)];

    [Theory, MemberData(nameof(RelativeErrors))]
    public void Decoded_weights_are_near_their_source(TensorType type, double bound)
    {
        double error = 0, power = 0;
        int tensors = TinyModels.ForEach(type, (exact, bytes) =>
        {
            float[] decoded = new float[exact.Length];
            TensorFormats.Get(type).Decode(bytes, decoded);
            for (int i = 0; i < exact.Length; i++)
            {
                error += Math.Pow((double)exact[i] - decoded[i], 2);
                power += Math.Pow(exact[i], 2);
            }
        });
        Assert.True(tensors >= 8, $"Only {tensors} tensors of {type} in the tiny models.");
        Assert.InRange(Math.Sqrt(error / power), 0, bound);
    }

    [Theory, MemberData(nameof(Encodable))]
    public void Encoded_weights_are_the_quantizers_bytes(TensorType type)
    {
        var format = TensorFormats.Get(type);
        int blocks = 0;
        TinyModels.ForEach(type, (exact, bytes) =>
        {
            byte[] own = new byte[bytes.Length];
            format.Encode(exact, own);
            for (int start = 0; start < bytes.Length; start += format.BlockBytes, blocks++)
            {
                if (!own.AsSpan(start, format.BlockBytes).SequenceEqual(bytes.AsSpan(start, format.BlockBytes)))
                    Assert.Equal(Convert.ToHexString(bytes, start, format.BlockBytes), Convert.ToHexString(own, start, format.BlockBytes));
            }
        });
        Assert.True(blocks >= 2500, $"Only {blocks} blocks of {type} were compared.");
    }
}
