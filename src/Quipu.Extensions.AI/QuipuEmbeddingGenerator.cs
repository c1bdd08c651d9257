using Microsoft.Extensions.AI;
using Quipu.Engine;
using Quipu.Engine.Scheduling;

namespace Quipu.Extensions.AI;

/// <summary>
/// A model in this process as a generator of embeddings: the pooled final hidden states of a text, of Euclidean length 1. Any number of
/// threads may use one; disposing it leaves the scheduler to its owner.
/// </summary>
/// <param name="scheduler">Runs the model.</param>
/// <param name="pooling">How the states of a text's tokens become one vector.</param>
public sealed class QuipuEmbeddingGenerator(InferenceScheduler scheduler, EmbeddingPooling pooling = EmbeddingPooling.Mean)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly int _length = scheduler.Model.Model.Shape.EmbeddingLength;

    /// <summary>Embeds texts, several at once.</summary>
    /// <param name="values">The texts; none may be empty.</param>
    /// <param name="options">
    /// <see cref="EmbeddingGenerationOptions.Dimensions"/> keeps the first elements and brings them to length 1 again, as models that are
    /// trained for it expect. The model's id is not looked at: there is one model.
    /// </param>
    /// <param name="cancellationToken">Ends the computation within one step.</param>
    /// <returns>One embedding for each text, in their order, and the tokens used.</returns>
    /// <exception cref="ArgumentException">A text is empty, or more dimensions are asked for than the model has.</exception>
    /// <exception cref="ContextFullException">A text is longer than the context.</exception>
    /// <exception cref="QueueFullException">Too many requests wait already.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        int dimensions = options?.Dimensions ?? _length;
        if (dimensions < 1 || dimensions > _length)
            throw new ArgumentException($"Dimensions is {dimensions}: {scheduler.Model.Name} has 1 to {_length}.", nameof(options));
        int[][] texts = [.. values.Select(text => scheduler.Model.Tokenizer.Encode(text, addSpecial: true, parseSpecial: false))];
        var vectors = new float[texts.Length][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = scheduler.Slots, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, texts.Length, parallel, async (i, cancellation) =>
            vectors[i] = await scheduler.EmbedAsync(texts[i], pooling, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        long tokens = texts.Sum(text => (long)text.Length);
        var created = DateTimeOffset.UtcNow;
        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector =>
            new Embedding<float>(Normalized(vector.AsSpan(0, dimensions))) { CreatedAt = created, ModelId = scheduler.Model.Name }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <summary>Finds the generator's metadata, its scheduler or its model.</summary>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        object?[] services =
        [
            this, new EmbeddingGeneratorMetadata("quipu", defaultModelId: scheduler.Model.Name, defaultModelDimensions: _length),
            scheduler, scheduler.Model,
        ];
        return serviceKey is null ? Array.Find(services, serviceType.IsInstanceOfType) : null;
    }

    /// <summary>Nothing: the scheduler belongs to who made it.</summary>
    public void Dispose()
    {
    }

    private static float[] Normalized(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (float value in vector)
            squares += (double)value * value;
        float[] unit = vector.ToArray();
        if (squares > 0)
            foreach (ref float value in unit.AsSpan())
                value = (float)(value / Math.Sqrt(squares));
        return unit;
    }
}
