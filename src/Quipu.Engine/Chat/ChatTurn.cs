using System.Collections.Immutable;
using System.Text.Json;
using Quipu.Engine.Grammars;

namespace Quipu.Engine.Chat;

/// <summary>
/// What a model shall answer: a conversation, the functions that it may call, the format of the answer, and how to generate it.
/// </summary>
public record ChatTurn
{
    /// <summary>The messages, oldest first.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>How to generate.</summary>
    public required GenerationOptions Options { get; init; }

    /// <summary>What the answer must be.</summary>
    public OutputFormat Format { get; init; } = OutputFormat.Text;

    /// <summary>Functions that the model may call.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Whether it may, must, or must not.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether it may call several at once.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>The functions that may be called, by the choice.</summary>
    public IReadOnlyList<ToolDefinition> Callable => ToolChoice.Kind switch
    {
        ToolChoiceKind.None => [],
        ToolChoiceKind.Named => [.. Tools.Where(tool => tool.Name == ToolChoice.Name)],
        _ => Tools,
    };

    private bool IsForced => ToolChoice.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named;

    /// <summary>The prompt as the model's template writes it, for people to look at.</summary>
    /// <exception cref="InvalidOperationException">It is a base model.</exception>
    /// <exception cref="Templates.TemplateException">The template refuses the conversation.</exception>
    public string Render(LanguageModel model)
    {
        var (messages, tools) = ForTemplate(model);
        return model.RenderChat(messages, tools);
    }

    /// <summary>The tokens of the prompt. Control tokens are those that the template wrote, whatever the messages say.</summary>
    /// <inheritdoc cref="Render"/>
    public int[] Encode(LanguageModel model)
    {
        var (messages, tools) = ForTemplate(model);
        return model.EncodeChat(messages, tools);
    }

    /// <summary>How to generate, under the grammar of the format or of the calls.</summary>
    /// <exception cref="ToolSchemaException">A function's schema cannot be kept.</exception>
    /// <exception cref="GrammarException">The schema of the answer cannot be kept.</exception>
    public GenerationOptions Constrain(LanguageModel model)
    {
        var callable = Callable;
        if (callable.Count == 0)
            return Format.Kind switch
            {
                OutputKind.JsonObject => With(model.Grammars.JsonObject, []),
                OutputKind.JsonSchema => With(model.Grammars.FromJsonSchema(Format.Schema), []),
                _ => Options,
            };
        var format = FormatOf(model);
        var options = Options with { ShownTokens = ShownTokens(model, format) };
        bool free = !IsForced && Format.Kind == OutputKind.Text;
        var otherwise = IsForced ? OutputFormat.Text : Format;
        // What the grammar depends on; a model has one form of calls.
        string[] key =
        [
            $"calls {free} {ParallelToolCalls} {otherwise.Kind}", otherwise.Kind == OutputKind.JsonSchema ? otherwise.Schema.GetRawText() : "",
            .. callable.SelectMany(tool => new[] { tool.Name, tool.Parameters?.GetRawText() ?? "" }),
        ];
        var grammar = model.Grammars.GetOrAdd(string.Join('\n', key), () => free
            ? ToolGrammar.AfterTrigger(format, callable, ParallelToolCalls, model.Tokenizer)
            : ToolGrammar.Whole(format, callable, ParallelToolCalls, otherwise, model.Tokenizer));
        return With(grammar, free ? [.. ToolGrammar.Triggers(format)] : [], options);
    }

    /// <summary>Something that finds the calls in the answer.</summary>
    public AnswerParser NewParser(LanguageModel model) =>
        new(Callable is { Count: > 0 } callable ? new ToolCallParser(FormatOf(model), callable) : null);

    private (List<ChatMessage> Messages, List<JsonElement> Tools) ForTemplate(LanguageModel model)
    {
        var format = FormatOf(model);
        var callable = Callable;
        List<JsonElement> tools = format.TemplateHasTools ? [.. callable.Select(tool => tool.ToJson())] : [];
        return (new ToolPrompt(format).Prepare(Messages, callable), tools);
    }

    private GenerationOptions With(Grammar grammar, ImmutableArray<GrammarTrigger> triggers, GenerationOptions? options = null) =>
        (options ?? Options) with { Sampling = Options.Sampling with { Grammar = grammar, GrammarTriggers = triggers } };

    private static ToolFormat FormatOf(LanguageModel model) =>
        model.Template is { } template ? ToolFormat.Of(template) : ToolFormat.Generic;

    /// <summary>The marks of calls are control tokens in some vocabularies; they must be seen to be found.</summary>
    private static ImmutableArray<int> ShownTokens(LanguageModel model, ToolFormat format) =>
    [
        .. new[] { format.Begin, format.End, "[ARGS]", "[CALL_ID]", "<|python_tag|>" }
            .Select(mark => mark.Length == 0 ? null : model.Tokenizer.FindToken(mark)).OfType<int>(),
    ];
}
