using Quipu.Engine;
using Quipu.Tokenizers;

namespace Quipu.Cli.Chat;

/// <summary>The engine as the chat sees it: one sequence that all answers share.</summary>
internal sealed class EngineChatModel : IChatModel, IDisposable
{
    private readonly LanguageModel _model;
    private readonly InferenceContext _context;
    private readonly GenerationOptions _options;
    private readonly Sequence _sequence;
    private readonly TextGenerator _generator;

    public EngineChatModel(LanguageModel model, InferenceContext context, GenerationOptions options)
    {
        _model = model;
        _context = context;
        _options = options;
        _sequence = context.CreateSequence();
        _generator = new TextGenerator(context, _sequence);
    }

    /// <inheritdoc/>
    public bool IsBaseModel => _model.IsBaseModel;

    /// <inheritdoc/>
    public int ContextLength => _context.ContextLength;

    /// <inheritdoc/>
    public int TrainedContextLength => _model.TrainedContextLength;

    /// <inheritdoc/>
    public long CacheBytes => _context.CacheBytes;

    /// <inheritdoc/>
    public long ActivationBytes => _context.ActivationBytes;

    /// <inheritdoc/>
    public Tokenizer Tokenizer => _model.Tokenizer;

    /// <inheritdoc/>
    public GenerationStatistics Statistics => _generator.Statistics;

    /// <inheritdoc/>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) => _model.RenderChat(messages, addGenerationPrompt);

    /// <inheritdoc/>
    public IAsyncEnumerable<GeneratedText> GenerateAsync(
        ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken) =>
        _generator.GenerateAsync(prompt, _options, progress, cancellationToken);

    /// <inheritdoc/>
    public async Task PrepareAsync(ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken)
    {
        await foreach (var step in _generator.GenerateAsync(prompt, _options with { MaxTokens = 0 }, progress, cancellationToken))
            if (step.Finish != FinishReason.None)
                return;
    }

    /// <inheritdoc/>
    public void Dispose() => _sequence.Dispose();
}
