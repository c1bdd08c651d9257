namespace Quipu.Gguf;

/// <summary>
/// A GGUF file is damaged, incomplete, or holds something that Quipu does not read. The message says what, where, and what to do. It is
/// one line and harmless for a terminal, whatever names the file holds.
/// </summary>
public sealed class GgufException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public GgufException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public GgufException(string message)
        : base(WithoutControls(message))
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public GgufException(string message, Exception innerException)
        : base(WithoutControls(message), innerException)
    {
    }

    private static string WithoutControls(string message) =>
        message.Any(char.IsControl) ? string.Concat(message.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : message;
}
