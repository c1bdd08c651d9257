using Quipu.Engine;
using Quipu.Engine.Chat;
using Quipu.Engine.Scheduling;

namespace Quipu.Server.Chat;

/// <summary>A part of an answer, whichever API it goes to.</summary>
/// <param name="Text">Text that is new.</param>
internal readonly record struct ChatDelta(string Text)
{
    /// <summary>The token chosen; −1 where none was.</summary>
    public int Token { get; init; } = -1;

    /// <summary>What is new of calls.</summary>
    public IReadOnlyList<ToolCallDelta> ToolCalls { get; init; } = [];

    /// <summary>Log probabilities of the token, if the request asked.</summary>
    public TokenLogProbs? LogProbs { get; init; }

    /// <summary>Why the answer ended, in its last part.</summary>
    public FinishReason Finish { get; init; }

    /// <summary>What it cost, in its last part.</summary>
    public GenerationStatistics? Statistics { get; init; }
}
