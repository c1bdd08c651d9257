using Quipu.Cpu.Reference;
using Quipu.Gguf;

namespace Quipu.Models.Tests;

/// <summary>Rotary frequencies against their definitions.</summary>
public class RopeFrequencyTests
{
    [Fact]
    public void Plain_frequencies_fall_from_one_to_nearly_the_base()
    {
        var rope = RopeFrequencies.Plain(8, 10_000);
        Assert.Equal([1f, 0.1f, 0.01f, 0.001f], rope.Angles, (a, b) => Math.Abs(a - b) <= 1e-6f * a);
        Assert.Equal(1f, rope.Magnitude);
    }

    [Fact]
    public void Linear_scaling_and_pair_factors_divide()
    {
        var rope = RopeFrequencies.Plain(4, 10_000, factor: 8, pairFactors: [1f, 4f]);
        Assert.Equal(1 / 8f, rope.Angles[0], 1e-7f);
        Assert.Equal(0.01f / 32, rope.Angles[1], 1e-8f);
    }

    [Fact]
    public void Linear_is_read_from_metadata()
    {
        var rope = Read(("gemma3.rope.scaling.type", GgufValue.From("linear")), ("gemma3.rope.scaling.factor", GgufValue.From(8f)));
        Assert.Equal(0.125f, rope.Angles[0], 1e-7f);
    }

    [Fact]
    public void Yarn_keeps_fast_pairs_and_stretches_slow_ones()
    {
        var rope = Read(
            ("gemma3.rope.scaling.type", GgufValue.From("yarn")), ("gemma3.rope.scaling.factor", GgufValue.From(4f)),
            ("gemma3.rope.scaling.original_context_length", GgufValue.From(512u)));
        var plain = RopeFrequencies.Plain(64, 10_000);
        // Pair 0 turns 512/2π = 81 times, more than 32: kept. The last turns far less than once: stretched by 4.
        Assert.Equal(plain.Angles[0], rope.Angles[0], 1e-6f);
        Assert.Equal(plain.Angles[^1] / 4, rope.Angles[^1], 1e-9f);
        Assert.True(rope.Angles.Zip(plain.Angles).All(pair => pair.First <= pair.Second * 1.000001f && pair.First >= pair.Second / 4.000001f));
        Assert.Equal(1 + 0.1f * MathF.Log(4), rope.Magnitude, 1e-6f);
    }

    [Fact]
    public void An_unknown_scaling_is_named()
    {
        var error = Assert.Throws<ModelException>(() => Read(("gemma3.rope.scaling.type", GgufValue.From("longrope"))));
        Assert.Contains("longrope", error.Message, StringComparison.Ordinal);
    }

    private static RopeFrequencies Read(params (string Key, GgufValue Value)[] metadata)
    {
        using var variant = new ModelFile(metadata.ToDictionary(entry => entry.Key, entry => (GgufValue?)entry.Value));
        using var device = new ReferenceDevice();
        return RopeFrequencies.FromMetadata(new ModelReader(variant.File, device), 64, 10_000, pairFactors: null);
    }
}
