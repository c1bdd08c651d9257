using Quipu.Gguf;
using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.RandomModels.Tests;

/// <summary>Models of random weights have the types of llama.cpp's quantizer, the same bytes for the same seed, and weights as they should be.</summary>
public class RandomModelTests
{
    private static readonly GemmaShape Tiny = new()
    {
        Size = "tiny",
        Layers = 2,
        EmbeddingLength = 256,
        FeedForwardLength = 512,
        Heads = 2,
        KvHeads = 1,
        HeadDim = 64,
        Window = 32,
    };

    public static TheoryData<string> FileTypes => [.. FileType.All.Select(type => type.Name)];

    // As `llama-quantize` writes them for Gemma 3 1B, whose rows of 1152 are no multiple of 256, and for the 4B.
    [Theory]
    [InlineData("1B", "Q4_0", "token_embd", 0, 1152, TensorType.Q8_0)]
    [InlineData("4B", "Q4_0", "token_embd", 0, 2560, TensorType.Q6_K)]
    [InlineData("1B", "Q8_0", "token_embd", 0, 1152, TensorType.Q8_0)]
    [InlineData("4B", "Q8_0", "token_embd", 0, 2560, TensorType.Q8_0)]
    [InlineData("1B", "BF16", "token_embd", 0, 1152, TensorType.BF16)]
    [InlineData("1B", "Q4_K_M", "attn_q", 0, 1152, TensorType.Q5_0)]
    [InlineData("1B", "Q4_K_M", "attn_output", 0, 1024, TensorType.Q4_K)]
    [InlineData("1B", "Q4_K_M", "ffn_down", 0, 6912, TensorType.Q6_K)]
    [InlineData("1B", "Q4_K_M", "ffn_down", 3, 6912, TensorType.Q4_K)]
    [InlineData("1B", "Q4_K_M", "ffn_down", 5, 6912, TensorType.Q6_K)]
    [InlineData("1B", "Q4_K_M", "attn_v", 0, 1152, TensorType.Q8_0)]
    [InlineData("1B", "Q4_K_M", "attn_v", 3, 1152, TensorType.Q5_0)]
    [InlineData("1B", "Q5_K_M", "ffn_up", 3, 1152, TensorType.Q5_1)]
    [InlineData("4B", "Q5_K_M", "ffn_up", 3, 2560, TensorType.Q5_K)]
    [InlineData("1B", "Q6_K", "ffn_up", 3, 1152, TensorType.Q8_0)]
    [InlineData("1B", "Q6_K", "ffn_down", 3, 6912, TensorType.Q6_K)]
    [InlineData("1B", "IQ4_NL", "attn_v", 3, 1152, TensorType.Q5_1)]
    [InlineData("1B", "IQ4_NL", "ffn_gate", 3, 1152, TensorType.IQ4_NL)]
    public void Types_are_those_of_the_quantizer(string size, string fileType, string tensor, int layer, int columns, TensorType expected)
    {
        var shape = GemmaShape.All.Single(shape => shape.Size == size);
        Assert.Equal(expected, FileType.All.Single(type => type.Name == fileType).Of(tensor, layer, columns, shape));
    }

    [Theory]
    [MemberData(nameof(FileTypes))]
    public void A_file_can_be_read_and_its_weights_are_of_the_deviation_meant(string fileType)
    {
        string path = Path.Combine(Path.GetTempPath(), $"quipu-random-{Guid.NewGuid():N}.gguf");
        try
        {
            File.WriteAllBytes(path, Make(fileType, 5));
            using var file = GgufFile.Open(path);
            Assert.Equal("gemma3", file.Metadata.GetString("general.architecture"));
            Assert.Equal(2 + (2 * 13), file.Tensors.Count);
            foreach (GgufTensor tensor in file.Tensors)
            {
                float[] elements = new float[tensor.ElementCount];
                for (int row = 0; row < tensor.View.Rows; row++)
                    tensor.View.Format.Decode(tensor.View.Row(row), elements.AsSpan(row * tensor.View.Columns, tensor.View.Columns));
                double deviation = Math.Sqrt(elements.Average(x => (double)x * x));
                double meant = tensor.View.Rows == 1 ? 1 : 1 / Math.Sqrt(tensor.View.Columns);
                Assert.InRange(deviation / meant, 0.93, 1.07);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_seed_alone_decides_about_the_bytes()
    {
        byte[] first = Make("Q4_K_M", 5);
        Assert.Equal(first, Make("Q4_K_M", 5));
        Assert.NotEqual(first, Make("Q4_K_M", 6));
    }

    private static byte[] Make(string fileType, ulong seed)
    {
        using var vocabulary = GgufFile.Open(TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"));
        using var stream = new MemoryStream();
        new RandomModel(Tiny, FileType.All.Single(type => type.Name == fileType), vocabulary, seed).Write(stream);
        return stream.ToArray();
    }
}
