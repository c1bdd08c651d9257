using Quipu.Models;

namespace Quipu.Engine.Scheduling;

/// <summary>A text whose pooled hidden state is wanted.</summary>
internal sealed class EmbeddingJob : Job
{
    private readonly TaskCompletionSource<float[]> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EmbeddingPooling _pooling;
    private readonly double[] _sum; // [n_embd]
    private int _rows;

    /// <summary>Checks the request.</summary>
    /// <exception cref="ArgumentException">There is no token, or one is not in the vocabulary.</exception>
    /// <exception cref="ContextFullException">The text is longer than the context.</exception>
    public EmbeddingJob(LanguageModel model, int contextLength, ReadOnlyMemory<int> tokens, EmbeddingPooling pooling) : base(tokens, id: null)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("There is no token to embed.", nameof(tokens));
        if (tokens.Length > contextLength)
            throw new ContextFullException($"The text has {tokens.Length} tokens, but the context holds {contextLength}.", tokens.Length, contextLength);
        model.RequireTokens(tokens.Span);
        _pooling = pooling;
        _sum = new double[model.Model.Shape.EmbeddingLength];
    }

    /// <summary>The vector, [n_embd].</summary>
    public Task<float[]> Result => _result.Task;

    /// <inheritdoc/>
    public override bool UsesPrefixes => false;

    /// <inheritdoc/>
    public override LogitsWanted Wanted(int count) => LogitsWanted.Hidden;

    /// <inheritdoc/>
    protected override void Take(ReadOnlyMemory<int> done, PassOutputs outputs)
    {
        for (int row = 0; row < done.Length; row++, _rows++)
            if (Counts(_rows))
                Add(outputs.Hidden(row));
        if (!Pending.IsEmpty)
            return;
        int counted = _pooling == EmbeddingPooling.Mean ? _rows : 1;
        Ended = true;
        _result.TrySetResult(Array.ConvertAll(_sum, value => (float)(value / counted)));
    }

    /// <inheritdoc/>
    protected override void Report(Exception error) => _result.TrySetException(error);

    private bool Counts(int row) => _pooling switch
    {
        EmbeddingPooling.Last => row == Prompt.Length - 1,
        EmbeddingPooling.Cls => row == 0,
        _ => true,
    };

    private void Add(ReadOnlySpan<float> hidden)
    {
        for (int i = 0; i < hidden.Length; i++)
            _sum[i] += hidden[i];
    }
}
