using Quipu.Cpu.Reference;
using Quipu.Gguf;

namespace Quipu.Models.Tests;

/// <summary>What a file must have to be a model, and what the user is told when it does not.</summary>
public class LoadingTests
{
    private static readonly ReferenceDevice Device = new();

    [Fact]
    public void A_tiny_gemma_loads_with_its_shape()
    {
        using var variant = new ModelFile([]);
        using var model = Architectures.Load(variant.File, Device);
        Assert.Equal(("gemma3", 1024, 2048, 256, 2, 64), (model.Shape.Architecture, model.Shape.VocabularySize, model.Shape.ContextLength,
            model.Shape.EmbeddingLength, model.Shape.KvHeads, model.Shape.HeadDim));
        Assert.Equal([32, 32], model.Shape.LayerWindows);
    }

    [Fact]
    public void An_unknown_architecture_is_named_with_what_is_supported()
    {
        string message = Refused(new() { ["general.architecture"] = GgufValue.From("mamba") });
        Assert.Contains("'mamba'", message, StringComparison.Ordinal);
        Assert.Contains("gemma3", message, StringComparison.Ordinal);
        Assert.Contains("llama", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("output_norm.weight")]
    [InlineData("token_embd.weight")]
    [InlineData("blk.1.attn_q_norm.weight")]
    public void A_missing_tensor_is_named(string name) => Assert.Contains(name, Refused([], tensor => tensor != name), StringComparison.Ordinal);

    [Theory]
    [InlineData("gemma3.embedding_length", 128u)]
    [InlineData("gemma3.feed_forward_length", 256u)]
    [InlineData("gemma3.attention.head_count", 2u)]
    [InlineData("gemma3.block_count", 3u)]
    public void Shapes_that_do_not_fit_are_refused(string key, uint value) => Refused(new() { [key] = GgufValue.From(value) });

    [Theory]
    [InlineData("gemma3.embedding_length", 0u)]
    [InlineData("gemma3.block_count", 4_000_000_000u)]
    [InlineData("gemma3.attention.head_count", 0u)]
    [InlineData("gemma3.context_length", 0u)]
    [InlineData("gemma3.attention.sliding_window", 0u)]
    public void Absurd_numbers_are_refused(string key, uint value)
    {
        using var variant = new ModelFile(new() { [key] = GgufValue.From(value) });
        var error = Assert.ThrowsAny<Exception>(() => Architectures.Load(variant.File, Device));
        Assert.True(error is ModelException or GgufException, error.ToString());
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Heads_that_cannot_share_are_refused() =>
        Assert.Contains("share", Refused(new() { ["gemma3.attention.head_count_kv"] = GgufValue.From(3u) }), StringComparison.Ordinal);

    [Fact]
    public void A_mixture_of_experts_is_refused_in_words() => Assert.Contains("experts", Refused(new()
    {
        ["general.architecture"] = GgufValue.From("llama"),
        ["llama.expert_count"] = GgufValue.From(8u),
    }), StringComparison.Ordinal);

    [Fact]
    public void The_window_pattern_may_be_a_number_or_a_list()
    {
        Assert.Equal([32, 0], Windows(GgufValue.From(2u)));
        Assert.Equal([0, 32], Windows(GgufValue.FromArray<bool>([false, true])));
        Assert.Contains("3 entries", Refused(new()
        {
            ["gemma3.attention.sliding_window_pattern"] = GgufValue.FromArray<bool>([false, true, true]),
        }), StringComparison.Ordinal);
    }

    private static int[] Windows(GgufValue pattern)
    {
        using var variant = new ModelFile(new() { ["gemma3.attention.sliding_window_pattern"] = pattern });
        using var model = Architectures.Load(variant.File, Device);
        return [.. model.Shape.LayerWindows];
    }

    private static string Refused(Dictionary<string, GgufValue?> metadata, Func<string, bool>? keepTensor = null)
    {
        using var variant = new ModelFile(metadata, keepTensor);
        return Assert.Throws<ModelException>(() => Architectures.Load(variant.File, Device)).Message;
    }
}
