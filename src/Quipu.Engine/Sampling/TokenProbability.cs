namespace Quipu.Engine.Sampling;

/// <summary>A token with the probability that the samplers left it.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Probability">Between 0 and 1; over all candidates that are left they add up to 1.</param>
public readonly record struct TokenProbability(int Token, float Probability);
