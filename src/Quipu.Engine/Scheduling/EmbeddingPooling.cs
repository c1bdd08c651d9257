namespace Quipu.Engine.Scheduling;

/// <summary>How the hidden states of a text become one vector.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean.</summary>
    Mean,
    /// <summary>The last token's.</summary>
    Last,
    /// <summary>The first token's, which models with a class token train for this.</summary>
    Cls,
}
