using System.Collections.Immutable;
using Quipu.Engine.Sampling;

namespace Quipu.Engine;

/// <summary>How a text is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Tokens at most; −1: until the text ends or the context is full.</summary>
    public int MaxTokens { get; init; } = -1;

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end the generation; they are not part of it.</summary>
    public ImmutableArray<string> StopStrings { get; init; } = [];

    /// <summary>Never choose a token that ends the generation.</summary>
    public bool IgnoreEndOfGeneration { get; init; }

    /// <summary>
    /// Go on when the context is full: the older half of the text behind <see cref="KeepTokens"/> is forgotten, and what is left is
    /// computed again at its new positions, so that the answer goes on exactly as if the prompt had been that text.
    /// </summary>
    public bool ContextShift { get; init; }

    /// <summary>Tokens at the start that a context shift keeps; −1: the whole prompt. A BOS is kept in any case.</summary>
    public int KeepTokens { get; init; }

    /// <summary>Show control tokens as text.</summary>
    public bool RenderSpecial { get; init; }

    /// <summary>Control tokens that are shown as text even if others are not, such as the mark of a call.</summary>
    public ImmutableArray<int> ShownTokens { get; init; } = [];
}

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>It goes on.</summary>
    None,
    /// <summary>The model ended it.</summary>
    EndOfGeneration,
    /// <summary>A stop string came.</summary>
    StopString,
    /// <summary><see cref="GenerationOptions.MaxTokens"/> is reached.</summary>
    MaxTokens,
    /// <summary>The context is full.</summary>
    ContextFull,
}

/// <summary>One step of a generation.</summary>
/// <param name="Token">The token chosen; −1 in a last step that only ends the text.</param>
/// <param name="Text">Text that is certain by now; may be empty while a character or a stop string is incomplete.</param>
/// <param name="Finish">Why the generation ended, in its last step.</param>
public readonly record struct GeneratedText(int Token, string Text, FinishReason Finish);

/// <summary>How far a prompt is.</summary>
/// <param name="Done">Tokens in the cache.</param>
/// <param name="Total">Tokens of the prompt.</param>
/// <param name="Reused">Tokens that were in the cache already.</param>
public readonly record struct PromptProgress(int Done, int Total, int Reused);

/// <summary>What a generation cost.</summary>
public sealed record GenerationStatistics
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Of these, tokens that were in the cache already.</summary>
    public int ReusedTokens { get; init; }

    /// <summary>Time that it waited for others; 0 where it is alone.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>Time to compute the others.</summary>
    public TimeSpan PromptTime { get; init; }

    /// <summary>Tokens generated.</summary>
    public int GeneratedTokens { get; init; }

    /// <summary>Time of the passes that generated them.</summary>
    public TimeSpan GenerationTime { get; init; }

    /// <summary>Time to choose them.</summary>
    public TimeSpan SamplingTime { get; init; }
}
