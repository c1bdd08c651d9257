namespace Quipu.Engine.Scheduling;

/// <summary>The outputs of a pass, read in the order of its rows. The memory is used again for the next row.</summary>
internal sealed class PassOutputs(InferenceContext context)
{
    private readonly float[] _logits = new float[context.Model.Model.Shape.VocabularySize];
    private readonly float[] _hidden = new float[context.Model.Model.Shape.EmbeddingLength];
    private int _firstLogits;
    private int _firstHidden;

    /// <summary>Starts with a pass's first run.</summary>
    public void Begin() => _firstLogits = _firstHidden = 0;

    /// <summary>Goes on behind a run.</summary>
    public void Skip(int logitRows, int hiddenRows)
    {
        _firstLogits += logitRows;
        _firstHidden += hiddenRows;
    }

    /// <summary>Logits of the <paramref name="index"/>-th row of this run that asked for them, [n_vocab].</summary>
    public ReadOnlySpan<float> Logits(int index)
    {
        context.ReadLogits(_firstLogits + index, _logits);
        return _logits;
    }

    /// <summary>The hidden state of the <paramref name="index"/>-th row of this run, [n_embd].</summary>
    public ReadOnlySpan<float> Hidden(int index)
    {
        context.ReadHidden(_firstHidden + index, _hidden);
        return _hidden;
    }
}
