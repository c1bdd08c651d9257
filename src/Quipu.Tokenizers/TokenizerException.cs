namespace Quipu.Tokenizers;

/// <summary>
/// A vocabulary that is damaged or of a kind that is not supported. The message names the key, and the piece where one is at fault.
/// </summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public TokenizerException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception from another.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">The cause.</param>
    public TokenizerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
