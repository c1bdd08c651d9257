namespace Quipu.Engine.Sampling;

/// <summary>
/// No token can be chosen: a logit is not a number or +∞, or every candidate has been forbidden.
/// A damaged model or a numerical overflow makes the former, a logit bias of −∞ on every token the latter.
/// </summary>
public sealed class InvalidLogitsException : Exception
{
    /// <summary>Creates the error.</summary>
    public InvalidLogitsException(string message) : base(message)
    {
    }
}
