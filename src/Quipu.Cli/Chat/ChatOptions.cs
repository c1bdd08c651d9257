using Quipu.Engine;

namespace Quipu.Cli.Chat;

/// <summary>Everything that the chat is started with.</summary>
internal sealed record ChatOptions
{
    /// <summary>The system prompt where none is given.</summary>
    public const string DefaultSystemPrompt =
        "A chat between a curious human and an artificial intelligence assistant. "
        + "The assistant gives helpful, detailed, and polite answers to the human's questions.";

    /// <summary>The model.</summary>
    public required LanguageModel Model { get; init; }

    /// <summary>Where the server beside the chat is, or why there is none; null where none was asked for.</summary>
    public string? Server { get; init; }

    /// <summary>How answers are generated.</summary>
    public required GenerationOptions Generation { get; init; }

    /// <summary>
    /// The system prompt; null: <see cref="DefaultSystemPrompt"/>, or none for a base model. A base model takes it as the beginning of
    /// the text.
    /// </summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Whether to show the banner and what runs.</summary>
    public bool ShowLogo { get; init; } = true;

    /// <summary>Whether to draw the banner in ASCII.</summary>
    public bool Ascii { get; init; }

    /// <summary>When to use colours.</summary>
    public ColorMode Color { get; init; } = ColorMode.Auto;

    /// <summary>Whether to show control tokens.</summary>
    public bool ShowSpecial { get; init; }

    /// <summary>Whether to show the system prompt at the start.</summary>
    public bool DisplayPrompt { get; init; } = true;

    /// <summary>What computes, in words: processor, instruction set, threads.</summary>
    public required string DeviceDescription { get; init; }

    /// <summary>What loading the model took, for /stats.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary>Whether to say what each answer took.</summary>
    public bool Verbose { get; init; }
}
