namespace Quipu.Engine;

/// <summary>A prompt or a sequence does not fit into the context. The message has the numbers.</summary>
public sealed class ContextFullException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ContextFullException() { }

    /// <summary>Creates the exception with a sentence for the user.</summary>
    public ContextFullException(string message) : base(message) { }

    /// <summary>Creates the exception with a sentence for the user and its cause.</summary>
    public ContextFullException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the exception with a sentence for the user and the numbers.</summary>
    public ContextFullException(string message, int tokens, int contextLength) : base(message)
    {
        Tokens = tokens;
        ContextLength = contextLength;
    }

    /// <summary>Tokens that should have been held; 0 where it is not known.</summary>
    public int Tokens { get; }

    /// <summary>Positions of the context; 0 where it is not known.</summary>
    public int ContextLength { get; }
}
