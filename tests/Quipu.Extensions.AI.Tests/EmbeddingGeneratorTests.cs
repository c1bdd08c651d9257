using Microsoft.Extensions.AI;
using Quipu.Engine.Scheduling;

namespace Quipu.Extensions.AI.Tests;

public class EmbeddingGeneratorTests(BundledModel model) : IClassFixture<BundledModel>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_of_like_meaning_lie_nearer_than_others()
    {
        using var generator = new QuipuEmbeddingGenerator(model.Scheduler);
        var embeddings = await generator.GenerateAsync(
            ["The cat sleeps on the sofa.", "A kitten is napping on the couch.", "Interest rates rose by half a percent."], cancellationToken: Cancellation);
        Assert.Equal(3, embeddings.Count);
        Assert.All(embeddings, embedding => Assert.Equal(1, Dot(embedding, embedding), 1e-5));
        Assert.All(embeddings, embedding => Assert.Equal(576, embedding.Dimensions));
        Assert.True(Dot(embeddings[0], embeddings[1]) > Dot(embeddings[0], embeddings[2]));
        Assert.InRange(embeddings.Usage!.InputTokenCount!.Value, 20, 60);
    }

    [Fact]
    public async Task A_text_has_the_same_embedding_alone_and_among_others()
    {
        using var generator = new QuipuEmbeddingGenerator(model.Scheduler, EmbeddingPooling.Last);
        string[] texts = [.. Enumerable.Range(1, 9).Select(i => string.Join(' ', Enumerable.Repeat("word", i * 7)))];
        var together = await generator.GenerateAsync(texts, cancellationToken: Cancellation);
        for (int i = 0; i < texts.Length; i += 4)
        {
            var alone = await generator.GenerateAsync(texts[i], cancellationToken: Cancellation);
            Assert.Equal(alone.Vector.ToArray(), together[i].Vector.ToArray());
        }
    }

    [Fact]
    public async Task Dimensions_cut_and_lengthen_again()
    {
        using var generator = new QuipuEmbeddingGenerator(model.Scheduler);
        var whole = await generator.GenerateAsync("one text", cancellationToken: Cancellation);
        var cut = await generator.GenerateAsync("one text", new EmbeddingGenerationOptions { Dimensions = 64 }, Cancellation);
        Assert.Equal(64, cut.Dimensions);
        Assert.Equal(1, Dot(cut, cut), 1e-5);
        Assert.Equal(whole.Vector.Span[0] / whole.Vector.Span[1], cut.Vector.Span[0] / cut.Vector.Span[1], 1e-3);
        await Assert.ThrowsAsync<ArgumentException>(
            () => generator.GenerateAsync("one text", new EmbeddingGenerationOptions { Dimensions = 577 }, Cancellation));
        Assert.Equal(576, ((IEmbeddingGenerator)generator).GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
    }

    private static double Dot(Embedding<float> a, Embedding<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Dimensions; i++)
            sum += (double)a.Vector.Span[i] * b.Vector.Span[i];
        return sum;
    }
}
