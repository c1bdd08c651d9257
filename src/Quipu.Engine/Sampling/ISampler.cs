namespace Quipu.Engine.Sampling;

/// <summary>One step of a chain: changes logits or removes candidates, but never the last one.</summary>
internal interface ISampler
{
    /// <summary>Works on the candidates in place.</summary>
    void Apply(Candidates candidates);

    /// <summary>Hears of a token that now belongs to the text.</summary>
    void Accept(int token)
    {
    }

    /// <summary>Forgets the text and starts its random numbers again.</summary>
    void Reset()
    {
    }
}
