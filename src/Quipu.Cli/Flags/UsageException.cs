namespace Quipu.Cli.Flags;

/// <summary>The command line asks for something that cannot be. The message says what, and what to do.</summary>
/// <param name="message">One or two sentences.</param>
internal sealed class UsageException(string message) : Exception(message);
