namespace Quipu.Models;

/// <summary>A model file that is sound GGUF but cannot be run: an unknown architecture, a missing tensor, a shape that does not fit.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelException() { }

    /// <summary>Creates the exception with a sentence for the user.</summary>
    public ModelException(string message) : base(message) { }

    /// <summary>Creates the exception with a sentence for the user and its cause.</summary>
    public ModelException(string message, Exception innerException) : base(message, innerException) { }
}
