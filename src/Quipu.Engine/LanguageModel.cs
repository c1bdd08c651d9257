using System.Text.Json;
using Quipu.Engine.Chat;
using Quipu.Engine.Grammars;
using Quipu.Gguf;
using Quipu.Models;
using Quipu.Templates;
using Quipu.Tensors;
using Quipu.Tokenizers;

namespace Quipu.Engine;

/// <summary>A model file opened for use: weights on a device, tokenizer, chat template.</summary>
public sealed class LanguageModel : IDisposable
{
    private const string TemplateKey = "tokenizer.chat_template";

    private readonly PromptEncoder _encoder;

    private LanguageModel(GgufFile file, IModel model, Tokenizer tokenizer, ChatTemplate? template)
    {
        _encoder = new PromptEncoder(tokenizer);
        File = file;
        Model = model;
        Tokenizer = tokenizer;
        Template = template;
    }

    /// <summary>The model's own name, or its file's.</summary>
    public string Name => File.Metadata.GetStringOrNull("general.name") ?? FileName;

    /// <summary>The file's name without its folder.</summary>
    public string FileName => File.Name;

    /// <summary>The file.</summary>
    public GgufFile File { get; }

    /// <summary>The network.</summary>
    public IModel Model { get; }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The chat template; null for a base model, which continues raw text.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Grammars that were used lately, with what they know of the model's vocabulary.</summary>
    public GrammarCache Grammars { get; } = new();

    /// <summary>Whether the model has no chat template and so completes raw text.</summary>
    public bool IsBaseModel => Template is null;

    /// <summary>Positions it was trained for.</summary>
    public int TrainedContextLength => Model.Shape.ContextLength;

    /// <summary>Opens a model. Weights stay in the mapped file.</summary>
    /// <param name="path">A GGUF file, or the first of a split set.</param>
    /// <param name="device">Where it shall run.</param>
    /// <param name="template">A chat template in place of the file's own.</param>
    /// <exception cref="GgufException">The file is damaged or no GGUF.</exception>
    /// <exception cref="ModelException">The architecture is not supported, or its parts do not fit together.</exception>
    /// <exception cref="TokenizerException">The vocabulary is not supported or damaged.</exception>
    /// <exception cref="TemplateException">The chat template cannot be read.</exception>
    public static LanguageModel Load(string path, IDevice device, string? template = null) => Load(GgufFile.Open(path), device, template);

    /// <summary>Makes a model of an open file, which is closed with it, or when it fails.</summary>
    /// <inheritdoc cref="Load(string, IDevice, string)"/>
    public static LanguageModel Load(GgufFile file, IDevice device, string? template = null)
    {
        // The vocabulary and the weights do not need each other, and each takes a part of the start that a user feels.
        var vocabulary = Task.Run(() => Tokenizer.FromGguf(file.Metadata));
        IModel? model = null;
        try
        {
            model = Architectures.Load(file, device);
            string? source = template ?? file.Metadata.GetStringOrNull(TemplateKey);
            var tokenizer = Checked(vocabulary.GetAwaiter().GetResult(), model);
            return new LanguageModel(file, model, tokenizer, source is null ? null : ChatTemplate.Parse(source));
        }
        catch
        {
            // The vocabulary is read from the mapped file: it must not be unmapped under the reader's hands.
            Task.WhenAny(vocabulary).GetAwaiter().GetResult();
            model?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>The prompt of a conversation, as the model's template writes it.</summary>
    /// <exception cref="InvalidOperationException">It is a base model.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public string RenderChat(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true) => RenderChat(messages, [], addGenerationPrompt);

    /// <summary>The prompt of a conversation in which functions can be called, as the model's template writes it.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="tools">The functions, in OpenAI's form: <c>{"type":"function","function":{…}}</c>.</param>
    /// <param name="addGenerationPrompt">Whether the assistant's turn is begun.</param>
    /// <exception cref="InvalidOperationException">It is a base model.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public string RenderChat(IReadOnlyList<ChatMessage> messages, IReadOnlyList<JsonElement> tools, bool addGenerationPrompt = true) =>
        RenderChat(messages, tools, addGenerationPrompt, text => text);

    /// <summary>
    /// The tokens of a conversation's prompt. Control tokens come from the template alone: what messages, calls and functions say is text,
    /// even where it is the name of a control token.
    /// </summary>
    /// <inheritdoc cref="RenderChat(IReadOnlyList{ChatMessage}, IReadOnlyList{JsonElement}, bool)"/>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages, IReadOnlyList<JsonElement> tools, bool addGenerationPrompt = true)
    {
        int[] ids = _encoder.Encode(guard => RenderChat(messages, tools, addGenerationPrompt, guard));
        // Some templates write BOS themselves, others leave it to the tokenizer.
        return Tokenizer is { AddBos: true, Bos: { } bos } && (ids.Length == 0 || ids[0] != bos) ? [bos, .. ids] : ids;
    }

    /// <summary>The tokens of a rendered prompt: special tokens are parsed, and a BOS that the template wrote is not doubled.</summary>
    public int[] EncodePrompt(string prompt)
    {
        bool hasBos = Tokenizer.Bos is { } bos && prompt.StartsWith(Tokenizer.Piece(bos), StringComparison.Ordinal);
        return Tokenizer.Encode(prompt, addSpecial: !hasBos, parseSpecial: true);
    }

    /// <summary>Checks that all tokens have a row in the embedding.</summary>
    /// <exception cref="ArgumentException">One has not.</exception>
    internal void RequireTokens(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
            if ((uint)token >= (uint)Model.Shape.VocabularySize)
                throw new ArgumentException($"Token {token} is not in the vocabulary of {Model.Shape.VocabularySize}.", nameof(tokens));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Model.Dispose();
        File.Dispose();
    }

    private string RenderChat(
        IReadOnlyList<ChatMessage> messages, IReadOnlyList<JsonElement> tools, bool addGenerationPrompt, Func<string, string> guard)
    {
        if (Template is null)
            throw new InvalidOperationException($"{FileName} is a base model without a chat template.");
        return Template.Render(new ChatVariables(guard).Create(messages, tools, addGenerationPrompt, Special(Tokenizer.Bos), Special(Tokenizer.Eos)));
    }

    private string? Special(int? token) => token is { } id ? Tokenizer.Piece(id) : null;

    private static Tokenizer Checked(Tokenizer tokenizer, IModel model) => tokenizer.VocabularySize <= model.Shape.VocabularySize
        ? tokenizer
        : throw new ModelException(
            $"The vocabulary has {tokenizer.VocabularySize} tokens, but the model's embedding only {model.Shape.VocabularySize} rows.");
}
