namespace Quipu.Engine.Sampling;

/// <summary>The end of a chain: picks one of the candidates.</summary>
internal interface ITokenChooser
{
    /// <summary>The chosen token's id. May remove candidates first.</summary>
    /// <exception cref="InvalidLogitsException">No candidate has a finite logit.</exception>
    int Choose(Candidates candidates);

    /// <summary>Starts its random numbers and its state again.</summary>
    void Reset();
}
