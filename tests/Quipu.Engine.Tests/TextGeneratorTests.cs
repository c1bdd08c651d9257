using System.Text;
using Quipu.Engine.Sampling;

namespace Quipu.Engine.Tests;

public class TextGeneratorTests
{
    private static readonly ContextOptions Small = new() { ContextLength = 256, MicroBatchSize = 32 };
    private static readonly GenerationOptions Greedy = new() { MaxTokens = 20, Sampling = new SamplingOptions { Temperature = 0 } };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_same_seed_gives_the_same_text_on_any_number_of_threads(int threads)
    {
        var options = Greedy with { Sampling = new SamplingOptions { Seed = 7, Temperature = 1.5f } };
        var (expected, _, _) = await Generate(TinyModel.Text(40), options, 1);
        var (tokens, _, _) = await Generate(TinyModel.Text(40), options, threads);
        Assert.Equal(expected, tokens);
        var (other, _, _) = await Generate(TinyModel.Text(40), options with { Sampling = options.Sampling with { Seed = 8 } }, 1);
        Assert.NotEqual(expected, other);
    }

    [Fact]
    public async Task The_number_of_tokens_is_kept()
    {
        var (tokens, _, finish) = await Generate(TinyModel.Text(40), Greedy with { IgnoreEndOfGeneration = true });
        Assert.Equal(20, tokens.Count);
        Assert.Equal(FinishReason.MaxTokens, finish);
        (tokens, _, finish) = await Generate(TinyModel.Text(40), Greedy with { MaxTokens = 0 });
        Assert.Equal([-1], tokens);
        Assert.Equal(FinishReason.MaxTokens, finish);
    }

    [Fact]
    public async Task A_full_context_ends_the_text()
    {
        var (tokens, _, finish) = await Generate(TinyModel.Text(250), Greedy with { MaxTokens = -1, IgnoreEndOfGeneration = true });
        Assert.Equal(7, tokens.Count); // six fill the context, the seventh is still known
        Assert.Equal(FinishReason.ContextFull, finish);
    }

    [Fact]
    public async Task A_prompt_that_fills_the_context_is_refused()
    {
        var error = await Assert.ThrowsAsync<ContextFullException>(() => Generate(TinyModel.Text(256), Greedy));
        Assert.Contains("256", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Generate([], Greedy));
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_and_is_not_part_of_it()
    {
        var (_, text, _) = await Generate(TinyModel.Text(40), Greedy);
        Assert.True(text.Length > 4);
        string stop = text[3..5];
        var (_, cut, finish) = await Generate(TinyModel.Text(40), Greedy with { StopStrings = [stop] });
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], cut);
        Assert.Equal(FinishReason.StopString, finish);
    }

    [Fact]
    public async Task A_second_prompt_computes_only_what_is_new()
    {
        using var model = new TinyModel(Small);
        using var sequence = model.Context.CreateSequence();
        var generator = new TextGenerator(model.Context, sequence);
        int[] first = TinyModel.Text(60);
        await Collect(generator, first, Greedy);
        Assert.Equal(0, generator.Statistics.ReusedTokens);
        await Collect(generator, [.. first, 500, 501], Greedy);
        Assert.Equal(60, generator.Statistics.ReusedTokens);
        Assert.Equal(62, generator.Statistics.PromptTokens);
        await Collect(generator, first, Greedy);
        Assert.Equal(59, generator.Statistics.ReusedTokens); // the last token runs again for its logits
        await Collect(generator, [.. first[..30], 600, 601], Greedy);
        Assert.Equal(30, generator.Statistics.ReusedTokens);
    }

    [Fact]
    public async Task Progress_is_told_and_a_cancelled_prompt_leaves_a_sound_sequence()
    {
        using var model = new TinyModel(Small);
        using var sequence = model.Context.CreateSequence();
        var generator = new TextGenerator(model.Context, sequence);
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAt(cancellation, 64);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in generator.GenerateAsync(TinyModel.Text(200), Greedy, progress, cancellation.Token))
                Assert.Fail("There must be no text before the prompt is done.");
        });
        Assert.Equal([0, 32, 64], progress.Seen);
        Assert.Equal(64, sequence.Length);
        var (expected, _, _) = await Generate(TinyModel.Text(200), Greedy);
        Assert.Equal(expected, (await Collect(generator, TinyModel.Text(200), Greedy)).Tokens);
        Assert.Equal(64, generator.Statistics.ReusedTokens);
    }

    private sealed class CancelAt(CancellationTokenSource source, int done) : IProgress<PromptProgress>
    {
        public List<int> Seen { get; } = [];

        public void Report(PromptProgress value)
        {
            Seen.Add(value.Done);
            if (value.Done == done)
                source.Cancel();
        }
    }

    private static async Task<(List<int> Tokens, string Text, FinishReason Finish)> Generate(int[] prompt, GenerationOptions options, int threads = 1)
    {
        using var model = new TinyModel(Small, threads);
        using var sequence = model.Context.CreateSequence();
        return await Collect(new TextGenerator(model.Context, sequence), prompt, options);
    }

    private static async Task<(List<int> Tokens, string Text, FinishReason Finish)> Collect(TextGenerator generator, int[] prompt, GenerationOptions options)
    {
        var tokens = new List<int>();
        var text = new StringBuilder();
        var finish = FinishReason.None;
        await foreach (var step in generator.GenerateAsync(prompt, options, cancellationToken: TestContext.Current.CancellationToken))
        {
            tokens.Add(step.Token);
            text.Append(step.Text);
            finish = step.Finish;
        }

        return (tokens, text.ToString(), finish);
    }
}
