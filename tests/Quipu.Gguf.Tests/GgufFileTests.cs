using Quipu.Testing;

namespace Quipu.Gguf.Tests;

/// <summary>Reading of real files.</summary>
public sealed class GgufFileTests
{
    public static TheoryData<string> TinyModels =>
        [.. Directory.GetFiles(TestPaths.Fixture("tiny"), "*.gguf").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(TinyModels))]
    public void Tiny_models_have_their_metadata_and_tensors(string name)
    {
        using var file = GgufFile.Open(TestPaths.Fixture("tiny", name));

        Assert.Equal(3u, file.Version);
        Assert.Equal(32, file.Alignment);
        Assert.Equal("gemma3", file.Metadata.GetString("general.architecture"));
        Assert.Equal(2, file.Metadata.GetInt32("gemma3.block_count"));
        Assert.True(file.TryGetTensor("token_embd.weight", out var embedding));
        Assert.Equal(file.Metadata.GetStringArray("tokenizer.ggml.tokens").Count, embedding.Dimensions[1]);
        Assert.Equal(file.Metadata.GetInt32("gemma3.embedding_length"), embedding.Dimensions[0]);
        Assert.All(file.Tensors, tensor => Assert.Equal(0, tensor.Part));
        Assert.False(file.TryGetTensor("no.such.tensor", out _));
    }

    [Fact]
    public void The_bundled_model_opens()
    {
        using var file = GgufFile.Open(TestPaths.BundledModel);

        Assert.Equal("llama", file.Metadata.GetString("general.architecture"));
        Assert.Equal(30, file.Metadata.GetInt32("llama.block_count"));
        Assert.Equal(100_000f, file.Metadata.GetSingle("llama.rope.freq_base"));
        Assert.Equal(49_152, file.Metadata.GetStrings("tokenizer.ggml.tokens").Length);
        Assert.Equal(272, file.Tensors.Count);
    }

    [Fact]
    public void The_split_Gemma_is_one_model()
    {
        string path = TestPaths.Require(TestPaths.Gemma, "Gemma 3 270M");
        using var file = GgufFile.Open(path);

        Assert.Equal(2, file.Paths.Count);
        Assert.Equal(file.Metadata.GetInt32("split.tensors.count"), file.Tensors.Count);
        Assert.Equal([0, 1], file.Tensors.Select(tensor => tensor.Part).Distinct());
        Assert.Equal(262_144, file.Metadata.GetStringArray("tokenizer.ggml.tokens").Count);
    }

    [Theory]
    [InlineData("gemma3", "llama", 262_144)]
    [InlineData("gpt-2", "gpt2", 50_257)]
    [InlineData("llama-bpe", "gpt2", 128_256)]
    [InlineData("llama-spm", "llama", 32_000)]
    [InlineData("qwen2", "gpt2", 151_936)]
    [InlineData("smollm2", "gpt2", 49_152)]
    public void Vocabularies_without_tensors_open(string name, string model, int pieces)
    {
        string path = TestPaths.Require(TestPaths.Shared("golden", "tokenizer", name + ".gguf"), "The vocabulary " + name);
        using var file = GgufFile.Open(path);

        Assert.Empty(file.Tensors);
        Assert.Equal(model, file.Metadata.GetString("tokenizer.ggml.model"));
        Assert.Equal(pieces, file.Metadata.GetStrings("tokenizer.ggml.tokens").Length);
        Assert.Equal(pieces, file.Metadata.GetInt32s("tokenizer.ggml.token_type").Length);
    }

    [Fact]
    public void Metadata_outlives_the_file_but_tensors_do_not()
    {
        var file = GgufFile.Open(TestPaths.Fixture("tiny", "tiny2l-f32.gguf"));
        GgufTensor tensor = file.Tensors[0];
        file.Dispose();

        Assert.Equal("gemma3", file.Metadata.GetString("general.architecture"));
        Assert.NotEmpty(file.Metadata.GetStrings("tokenizer.ggml.tokens"));
        Assert.Throws<ObjectDisposedException>(() => tensor.View);
        Assert.Throws<ObjectDisposedException>(() => tensor.CopyTo(Stream.Null));
    }

    [Fact]
    public void Missing_files_and_folders_are_errors_of_the_system()
    {
        Assert.Throws<FileNotFoundException>(() => GgufFile.Open(Path.Combine(Path.GetTempPath(), "no-such-file.gguf")));
        Assert.Throws<UnauthorizedAccessException>(() => GgufFile.Open(Path.GetTempPath()));
    }
}
