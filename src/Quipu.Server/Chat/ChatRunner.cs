using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Quipu.Engine;
using Quipu.Engine.Chat;
using Quipu.Engine.Grammars;
using Quipu.Engine.Scheduling;
using Quipu.Server.Generation;
using Quipu.Server.Http;

namespace Quipu.Server.Chat;

/// <summary>From a conversation to its answers: template, grammar, generation, and calls found in the text.</summary>
/// <param name="core">What the endpoints share.</param>
internal sealed class ChatRunner(ServerCore core)
{
    /// <summary>The prompt of a conversation, as text.</summary>
    /// <exception cref="ApiException">The model has no template.</exception>
    public string Render(ChatRequest request) => Complete(request).Render(core.Model);

    /// <summary>The tokens of a conversation's prompt.</summary>
    /// <exception cref="ApiException">The model has no template.</exception>
    public int[] Encode(ChatRequest request) => Complete(request).Encode(core.Model);

    /// <summary>Runs all answers that are wanted.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">The conversation.</param>
    /// <returns>Parts of the answers with their numbers.</returns>
    public IAsyncEnumerable<(int Index, ChatDelta Delta)> RunAsync(HttpContext context, ChatRequest request)
    {
        var generation = new GenerationRequest
        {
            Prompt = Encode(request),
            Options = Constrain(request),
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
        HttpContext context,
        ChatRequest request,
        GenerationRequest generation,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parser = request.NewParser(core.Model);
        await foreach (var step in core.GenerateAsync(context, generation, cancellationToken).ConfigureAwait(false))
        {
            var (text, calls) = parser.Append(step.Text, step.Finish != FinishReason.None);
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

    private GenerationOptions Constrain(ChatRequest request)
    {
        try
        {
            return request.Constrain(core.Model);
        }
        catch (ToolSchemaException error)
        {
            throw ApiException.Invalid("tools", error.Message);
        }
        catch (GrammarException error)
        {
            throw ApiException.Invalid(request.FormatParam, $"'{request.FormatParam}' cannot be kept: {error.Message}");
        }
    }

    /// <summary>The conversation with the server's own system prompt, where it brings none.</summary>
    private ChatRequest Complete(ChatRequest request)
    {
        if (core.Model.IsBaseModel)
            throw new ApiException(
                400,
                $"{core.ModelName} is a base model without a chat template: use /v1/completions, "
                + "or start the server with --chat-template-file.",
                "messages",
                "no_chat_template");
        return core.Options.SystemPrompt is { } prompt && !request.Messages.Any(message => message.Role == "system")
            ? request with { Messages = [new ChatMessage("system", prompt), .. request.Messages] }
            : request;
    }
}
