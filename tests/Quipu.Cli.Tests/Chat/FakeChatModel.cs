using System.Runtime.CompilerServices;
using Quipu.Cli.Chat;
using Quipu.Engine;
using Quipu.Gguf;
using Quipu.Templates;
using Quipu.Testing;
using Quipu.Tokenizers;

namespace Quipu.Cli.Tests.Chat;

/// <summary>A model that answers what a test has written down, with the bundled model's vocabulary.</summary>
internal sealed class FakeChatModel : IChatModel
{
    /// <summary>A template that refuses what many refuse: roles that do not take turns.</summary>
    public const string Strict =
        "{% set ns = namespace(expected='user') %}{% for m in messages %}{% if m.role == 'system' %}<|im_start|>system\n{{ m.content | trim }}<|im_end|>\n"
        + "{% else %}{% if m.role != ns.expected %}{{ raise_exception('roles must alternate') }}{% endif %}"
        + "{% set ns.expected = 'assistant' if m.role == 'user' else 'user' %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endif %}"
        + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private static readonly Lazy<Tokenizer> Vocabulary = new(() =>
    {
        using var file = GgufFile.Open(TestPaths.BundledModel);
        return Tokenizer.FromGguf(file.Metadata);
    });

    private readonly ChatTemplate? _template;

    public FakeChatModel(string? template = Strict) => _template = template is null ? null : ChatTemplate.Parse(template);

    /// <summary>What it will answer, each as the pieces that come.</summary>
    public Queue<string[]> Answers { get; } = new();

    /// <summary>What it was asked, as text with control tokens.</summary>
    public List<string> Prompts { get; } = [];

    /// <summary>The tokens of the last prompt.</summary>
    public int[] LastPrompt { get; private set; } = [];

    /// <summary>Called before each piece.</summary>
    public Action<string> BeforePiece { get; init; } = _ => { };

    /// <summary>How its answers end.</summary>
    public FinishReason Ending { get; set; } = FinishReason.EndOfGeneration;

    /// <summary>The token that ends an answer, shown as --special shows it; −1 for none.</summary>
    public int ShownEnd { get; init; } = -1;

    public bool IsBaseModel => _template is null;

    public int ContextLength { get; init; } = 4096;

    public int TrainedContextLength { get; init; } = 8192;

    public long CacheBytes => 1 << 20;

    public long ActivationBytes => 0;

    public Tokenizer Tokenizer => Vocabulary.Value;

    public GenerationStatistics Statistics { get; private set; } = new();

    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) => _template!.Render(TemplateValue.Dict(
        ("messages", TemplateValue.List(messages.Select(message => TemplateValue.Message(message.Role, message.Content)))),
        ("add_generation_prompt", TemplateValue.From(addGenerationPrompt))));

    public async IAsyncEnumerable<GeneratedText> GenerateAsync(
        ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LastPrompt = prompt.ToArray();
        Prompts.Add(Tokenizer.Decode(LastPrompt, renderSpecial: true));
        progress?.Report(new PromptProgress(prompt.Length, prompt.Length, 0));
        string[] pieces = Answers.Dequeue();
        Statistics = new GenerationStatistics { PromptTokens = prompt.Length, PromptTime = TimeSpan.FromSeconds(1), GeneratedTokens = pieces.Length };
        foreach (string piece in pieces)
        {
            BeforePiece(piece);
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new GeneratedText(-1, piece, FinishReason.None);
        }
        yield return new GeneratedText(ShownEnd, ShownEnd < 0 ? "" : Tokenizer.Piece(ShownEnd), Ending);
    }

    public Task PrepareAsync(ReadOnlyMemory<int> prompt, IProgress<PromptProgress>? progress, CancellationToken cancellationToken) => Task.CompletedTask;
}
