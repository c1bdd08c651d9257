namespace Quipu.Packaging;

/// <summary>
/// A container is damaged, or cannot be made or changed as asked. The message says what, where, and what to do; it is one line and
/// harmless for a terminal, whatever names the file holds.
/// </summary>
public sealed class PackagingException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public PackagingException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public PackagingException(string message)
        : base(WithoutControls(message))
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public PackagingException(string message, Exception innerException)
        : base(WithoutControls(message), innerException)
    {
    }

    private static string WithoutControls(string message) =>
        message.Any(char.IsControl) ? string.Concat(message.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : message;
}
