namespace Quipu.Engine.Scheduling;

/// <summary>One step of a scheduled generation.</summary>
/// <param name="Token">The token chosen; −1 in a step that only ends the text.</param>
/// <param name="Text">Text that is certain by now; may be empty while a character or a stop string is incomplete.</param>
/// <param name="Finish">Why the generation ended, in its last step.</param>
/// <param name="LogProbs">Log probabilities of the token, if the request asked.</param>
/// <param name="Statistics">What the generation cost, in its last step.</param>
public readonly record struct GenerationStep(
    int Token, string Text, FinishReason Finish, TokenLogProbs? LogProbs, GenerationStatistics? Statistics)
{
    /// <summary>
    /// In the first step, if the request asked: log probabilities of the prompt's tokens, one for each. The first is null: nothing
    /// comes before it.
    /// </summary>
    public IReadOnlyList<TokenLogProbs?>? PromptLogProbs { get; init; }
}
