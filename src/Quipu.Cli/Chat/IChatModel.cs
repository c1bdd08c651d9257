using Quipu.Engine;
using Quipu.Tokenizers;

namespace Quipu.Cli.Chat;

/// <summary>What the chat needs of a model; tests put a scripted one in its place.</summary>
internal interface IChatModel
{
    /// <summary>Whether the model has no chat template: it continues text and knows no roles.</summary>
    bool IsBaseModel { get; }

    /// <summary>How many tokens the context holds.</summary>
    int ContextLength { get; }

    /// <summary>How many tokens the model was trained for, the most that a context can hold.</summary>
    int TrainedContextLength { get; }

    /// <summary>Bytes of keys and values that the context holds in memory.</summary>
    long CacheBytes { get; }

    /// <summary>Bytes that the activations of a pass take.</summary>
    long ActivationBytes { get; }

    /// <summary>The model's tokenizer.</summary>
    Tokenizer Tokenizer { get; }

    /// <summary>What the last generation took.</summary>
    GenerationStatistics Statistics { get; }

    /// <summary>Renders a conversation by the model's template.</summary>
    /// <exception cref="Templates.TemplateException">The template refuses the conversation.</exception>
    string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt);

    /// <summary>Continues a prompt; what the prompt shares with the last one is not computed again.</summary>
    /// <exception cref="ContextFullException">The prompt does not fit into the context.</exception>
    IAsyncEnumerable<GeneratedText> GenerateAsync(
        ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Computes a prompt ahead, so that a later one that begins like it is answered sooner.</summary>
    /// <exception cref="ContextFullException">The prompt does not fit into the context.</exception>
    Task PrepareAsync(ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken);
}
