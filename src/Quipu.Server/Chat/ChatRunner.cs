using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Quipu.Engine;
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
        return core.Model.RenderChat(WithSystemPrompt(request.Messages));
    }

    /// <summary>Runs all answers that are wanted.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">The conversation.</param>
    /// <returns>Parts of the answers with their numbers.</returns>
    public IAsyncEnumerable<(int Index, ChatDelta Delta)> RunAsync(HttpContext context, ChatRequest request)
    {
        if (request.Format.Kind != OutputKind.Text)
            throw ApiException.NoGrammar(request.Format.Param);
        if (request.Tools.Count > 0 && request.ToolChoice.Kind != ToolChoiceKind.None)
            throw ApiException.NoFunctions("tools");
        var generation = new GenerationRequest
        {
            Prompt = core.Model.EncodePrompt(Render(request)),
            Options = request.Options,
            TopLogProbs = request.TopLogProbs,
            CachePrompt = request.CachePrompt,
        };
        return Merge.RunAsync(
            request.Count,
            (i, cancellationToken) => AnswerAsync(
                context, generation with { Options = GenerationReader.ForChoice(generation.Options, i) }, cancellationToken),
            context.RequestAborted);
    }

    private async IAsyncEnumerable<ChatDelta> AnswerAsync(
        HttpContext context, GenerationRequest generation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in core.GenerateAsync(context, generation, cancellationToken).ConfigureAwait(false))
            yield return new ChatDelta(step.Text) { Token = step.Token, LogProbs = step.LogProbs, Finish = step.Finish, Statistics = step.Statistics };
    }

    private IReadOnlyList<ChatMessage> WithSystemPrompt(IReadOnlyList<ChatMessage> messages) =>
        core.Options.SystemPrompt is { } prompt && !messages.Any(message => message.Role == "system")
            ? [new ChatMessage("system", prompt), .. messages]
            : messages;
}
