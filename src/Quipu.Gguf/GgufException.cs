namespace Quipu.Gguf;

/// <summary>A GGUF file is damaged, incomplete, or holds something that Quipu does not read. The message says what, where, and what to do.</summary>
public sealed class GgufException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public GgufException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public GgufException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public GgufException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
