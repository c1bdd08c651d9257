using Quipu.Models;
using Quipu.Tensors;

namespace Quipu.Engine.Tests;

/// <summary>The cache: what is reused, shared, let go and refused. Bit-equal logits show that nothing was mixed up.</summary>
public class SequenceTests
{
    private static readonly ContextOptions Small = new() { ContextLength = 512, MicroBatchSize = 64, MaxSequences = 3, SlidingSlack = 64, BlockLength = 16 };

    [Theory]
    [InlineData(1, TensorType.F16)]
    [InlineData(7, TensorType.F16)]
    [InlineData(64, TensorType.F16)]
    [InlineData(7, TensorType.Q8_0)]
    public void Logits_do_not_depend_on_how_a_prompt_is_divided(int pass, TensorType cache)
    {
        using var model = new TinyModel(Small with { KeyType = cache, ValueType = cache });
        using var whole = model.Context.CreateSequence();
        using var parts = model.Context.CreateSequence();
        int[] text = TinyModel.Text(150);
        Assert.Equal(model.Append(whole, text), model.Append(parts, text, pass));
    }

    [Fact]
    public void A_quantized_cache_is_half_as_large_and_changes_the_logits_a_little()
    {
        int[] text = TinyModel.Text(100);
        using var half = new TinyModel(Small);
        using var quantized = new TinyModel(Small with { KeyType = TensorType.Q8_0, ValueType = TensorType.Q8_0 });
        using var first = half.Context.CreateSequence();
        using var second = quantized.Context.CreateSequence();
        float[] expected = half.Append(first, text), actual = quantized.Append(second, text);
        double difference = Math.Sqrt(expected.Zip(actual, (a, b) => (a - b) * (a - b)).Average() / expected.Average(a => a * a));
        Assert.InRange(difference, 1e-6, 0.05);
        Assert.Equal(half.Context.CacheBytes * 34 / 64, quantized.Context.CacheBytes);
    }

    [Theory]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.Q8_0)]
    public void Logits_do_not_depend_on_threads(TensorType cache)
    {
        int[] text = TinyModel.Text(100);
        using var one = new TinyModel(Small with { KeyType = cache, ValueType = cache }, threads: 1);
        using var three = new TinyModel(Small with { KeyType = cache, ValueType = cache }, threads: 3);
        using var first = one.Context.CreateSequence();
        using var second = three.Context.CreateSequence();
        Assert.Equal(one.Append(first, text), three.Append(second, text));
    }

    [Fact]
    public void Sequences_of_one_pass_do_not_see_each_other()
    {
        using var model = new TinyModel(Small);
        int[] a = TinyModel.Text(20, seed: 2), b = TinyModel.Text(33, seed: 3);
        using var alone = model.Context.CreateSequence();
        float[] logitsOfB = model.Append(alone, b);
        using var first = model.Context.CreateSequence();
        using var second = model.Context.CreateSequence();
        model.Context.Forward([new SequenceRun(first, a, LogitsWanted.Last), new SequenceRun(second, b, LogitsWanted.Last)]);
        Assert.Equal(logitsOfB, model.Logits(1));
    }

    [Fact]
    public void A_rewound_sequence_goes_on_as_if_nothing_had_been_there()
    {
        using var model = new TinyModel(Small);
        int[] start = TinyModel.Text(90), end = TinyModel.Text(20, seed: 4);
        using var fresh = model.Context.CreateSequence();
        float[] expected = model.Append(fresh, (int[])[.. start, .. end]);
        using var rewound = model.Context.CreateSequence();
        model.Append(rewound, (int[])[.. start, .. TinyModel.Text(40, seed: 5)]);
        Assert.Equal(90, rewound.Truncate(90));
        Assert.Equal(expected, model.Append(rewound, end));
    }

    [Fact]
    public void A_rewind_behind_what_sliding_layers_keep_starts_over()
    {
        using var model = new TinyModel(Small);
        using var sequence = model.Context.CreateSequence();
        model.Append(sequence, TinyModel.Text(300));
        Assert.Equal(0, sequence.Truncate(100)); // 300 − slack 64 − window 32 is far beyond
        Assert.Equal(0, sequence.Length);
        Assert.NotEmpty(model.Append(sequence, TinyModel.Text(10)));
    }

    [Fact]
    public void A_fork_shares_the_prefix_and_both_go_their_own_way()
    {
        using var model = new TinyModel(Small);
        int[] prefix = TinyModel.Text(75), left = TinyModel.Text(30, seed: 6), right = TinyModel.Text(30, seed: 7);
        using var fresh = model.Context.CreateSequence();
        float[] expectedLeft = model.Append(fresh, (int[])[.. prefix, .. left]);
        fresh.Truncate(0);
        float[] expectedRight = model.Append(fresh, (int[])[.. prefix, .. right]);

        using var original = model.Context.CreateSequence();
        model.Append(original, prefix);
        using var fork = original.Fork();
        Assert.Equal(expectedRight, model.Append(fork, right));
        Assert.Equal(expectedLeft, model.Append(original, left));
    }

    [Fact]
    public void Blocks_come_back_when_sequences_end()
    {
        using var model = new TinyModel(Small with { MaxSequences = 1 });
        for (int i = 0; i < 5; i++)
        {
            using var sequence = model.Context.CreateSequence();
            model.Append(sequence, TinyModel.Text(500, seed: i));
        }
    }

    [Fact]
    public void A_full_context_is_refused_with_its_numbers_and_nothing_is_lost()
    {
        using var model = new TinyModel(Small);
        using var sequence = model.Context.CreateSequence();
        model.Append(sequence, TinyModel.Text(510));
        var error = Assert.Throws<ContextFullException>(() => model.Append(sequence, TinyModel.Text(3)));
        Assert.Contains("513", error.Message, StringComparison.Ordinal);
        Assert.Contains("512", error.Message, StringComparison.Ordinal);
        Assert.Equal(510, sequence.Length);
        Assert.NotEmpty(model.Append(sequence, TinyModel.Text(2)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1024)]
    public void A_token_outside_the_vocabulary_is_refused(int token)
    {
        using var model = new TinyModel(Small);
        using var sequence = model.Context.CreateSequence();
        Assert.Throws<ArgumentException>(() => model.Append(sequence, new[] { token }));
        Assert.Equal(0, sequence.Length);
    }

    [Fact]
    public void More_sequences_than_the_context_was_made_for_are_refused()
    {
        using var model = new TinyModel(Small with { MaxSequences = 1 });
        using var sequence = model.Context.CreateSequence();
        Assert.Throws<InvalidOperationException>(() => model.Context.CreateSequence());
    }
}
