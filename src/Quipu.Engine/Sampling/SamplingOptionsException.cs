namespace Quipu.Engine.Sampling;

/// <summary>A sampling option has a value outside its limits.</summary>
public sealed class SamplingOptionsException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="option">The member of <see cref="SamplingOptions"/> that is wrong.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public SamplingOptionsException(string option, string message) : base(message) => Option = option;

    /// <summary>The member of <see cref="SamplingOptions"/> that is wrong.</summary>
    public string Option { get; }
}
