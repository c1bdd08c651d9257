using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Quipu.Engine;
using Quipu.Engine.Grammars;
using Quipu.Engine.Sampling;
using Quipu.Engine.Scheduling;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Chat;

/// <summary>From a conversation to its answers: template, grammar, generation, and calls found in the text.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class ChatRunner(ServerCore core)
{
    /// <summary>The prompt of a conversation.</summary>
    /// <exception cref="ApiException">The model has no template.</exception>
    public string Render(ChatRequest request)
    {
        if (core.Model.IsBaseModel)
            throw new ApiException(400, $"{core.ModelName} is a base model without a chat template: use /v1/completions, or start the server with --chat-template-file.", "messages", "no_chat_template");
        string prompt = ToolPrompt.Render(core.Model, WithSystemPrompt(request.Messages), Callable(request));
        // A call that is forced is begun for the model.
        return IsForced(request) ? prompt + ToolPrompt.Begin + "\n" : prompt;
    }

    /// <summary>Runs all answers that are wanted.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">The conversation.</param>
    /// <returns>Parts of the answers with their numbers.</returns>
    public IAsyncEnumerable<(int Index, ChatDelta Delta)> RunAsync(HttpContext context, ChatRequest request)
    {
        var generation = new GenerationRequest
        {
            Prompt = core.Model.EncodePrompt(Render(request)),
            Options = request.Options with { Sampling = Constrain(request) },
            TopLogProbs = request.TopLogProbs,
            CachePrompt = request.CachePrompt,
        };
        return Merge.RunAsync(
            request.Count,
            (i, cancellationToken) => AnswerAsync(
                context, request, generation with { Options = GenerationReader.ForChoice(generation.Options, i) }, cancellationToken),
            context.RequestAborted);
    }

    private async IAsyncEnumerable<ChatDelta> AnswerAsync(
        HttpContext context, ChatRequest request, GenerationRequest generation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parser = Callable(request).Count > 0 ? new ToolCallParser(IsForced(request)) : null;
        await foreach (var step in core.GenerateAsync(context, generation, cancellationToken).ConfigureAwait(false))
        {
            var (text, calls) = parser?.Append(step.Text, step.Finish != FinishReason.None) ?? (step.Text, []);
            yield return new ChatDelta(text)
            {
                Token = step.Token,
                ToolCalls = calls,
                LogProbs = step.LogProbs,
                Finish = step.Finish,
                Statistics = step.Statistics,
            };
        }
    }

    /// <summary>The sampling under the grammar of the format, or of calls: at once where one is forced, else from its mark on.</summary>
    private static SamplingOptions Constrain(ChatRequest request)
    {
        var sampling = request.Options.Sampling;
        var callable = Callable(request);
        if (callable.Count > 0)
        {
            if (request.Format.Kind != OutputKind.Text && !IsForced(request))
                throw ApiException.Unsupported(request.Format.Param, $"'{request.Format.Param}' and functions that the model may call do not go together: set 'tool_choice' to 'none' or 'required'.");
            return sampling with
            {
                Grammar = Compile("tools", () => ToolGrammar.Compile(callable)),
                GrammarTriggers = IsForced(request) ? [] : [GrammarTrigger.AfterText(ToolPrompt.Begin)],
            };
        }
        return request.Format.Kind switch
        {
            OutputKind.JsonObject => sampling with { Grammar = Grammar.JsonObject, GrammarTriggers = [] },
            OutputKind.JsonSchema => sampling with { Grammar = Compile(request.Format.Param, () => Grammar.FromJsonSchema(request.Format.Schema)), GrammarTriggers = [] },
            _ => sampling,
        };
    }

    private static Grammar Compile(string param, Func<Grammar> compile)
    {
        try
        {
            return compile();
        }
        catch (GrammarException error)
        {
            throw ApiException.Invalid(param, $"'{param}' cannot be kept: {error.Message}");
        }
    }

    private static bool IsForced(ChatRequest request) => request.ToolChoice.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named;

    /// <summary>The functions that may be called.</summary>
    private static IReadOnlyList<ToolDefinition> Callable(ChatRequest request) => request.ToolChoice.Kind switch
    {
        ToolChoiceKind.None => [],
        ToolChoiceKind.Named => [.. request.Tools.Where(tool => tool.Name == request.ToolChoice.Name)],
        _ => request.Tools,
    };

    private IReadOnlyList<ChatMessage> WithSystemPrompt(IReadOnlyList<ChatMessage> messages) =>
        core.Options.SystemPrompt is { } prompt && !messages.Any(message => message.Role == "system")
            ? [new ChatMessage("system", prompt), .. messages]
            : messages;
}
