using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Quipu.Engine;
using Quipu.Engine.Scheduling;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Quipu.Extensions.AI;

/// <summary>
/// A model in this process as an <see cref="IChatClient"/>. Any number of threads may use one, and any number of clients may share a
/// scheduler; disposing a client leaves the scheduler to its owner.
/// </summary>
/// <param name="scheduler">Runs the model, which must have a chat template.</param>
/// <param name="defaults">
/// What a request is generated with where its <see cref="ChatOptions"/> say nothing. A request may replace them as a whole: when
/// <see cref="ChatOptions.RawRepresentationFactory"/> makes a <see cref="GenerationOptions"/>, it counts instead.
/// </param>
public sealed class QuipuChatClient(InferenceScheduler scheduler, GenerationOptions? defaults = null) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new("quipu", defaultModelId: scheduler.Model.Name);

    /// <summary>Answers a conversation.</summary>
    /// <param name="messages">The conversation: roles system, user, assistant and tool; text, calls of functions and their results.</param>
    /// <param name="options">How to answer. The model's id is not looked at: there is one model.</param>
    /// <param name="cancellationToken">Ends the computation within one step.</param>
    /// <exception cref="NotSupportedException">A message or an option asks for what this client cannot do; the message says what.</exception>
    /// <exception cref="Engine.Chat.ToolSchemaException">The schema of a function cannot be kept.</exception>
    /// <exception cref="Engine.Grammars.GrammarException">The schema of the answer cannot be kept.</exception>
    /// <exception cref="ContextFullException">The conversation does not fit into the context.</exception>
    /// <exception cref="QueueFullException">Too many requests wait already.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<AIMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <summary>Answers a conversation, piece by piece. The last update carries the reason of the end and the usage.</summary>
    /// <inheritdoc cref="GetResponseAsync"/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AIMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var model = scheduler.Model;
        var turn = OptionsConverter.Convert(
            MessageConverter.Convert(messages, options?.Instructions),
            options,
            options?.RawRepresentationFactory?.Invoke(this) as GenerationOptions ?? defaults ?? new());
        var request = new GenerationRequest { Prompt = turn.Encode(model), Options = turn.Constrain(model) };
        var update = new UpdateFactory(model.Name);
        var parser = turn.NewParser(model);
        var calls = new CallCollector();
        await foreach (var step in scheduler.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            bool ended = step.Finish != FinishReason.None;
            var (text, deltas) = parser.Append(step.Text, ended);
            if (text.Length > 0)
                yield return update.Of(new TextContent(text));
            foreach (var call in calls.Add(deltas, ended))
                yield return update.Of(call);
            if (ended)
                yield return update.Last(step, calls.Any);
        }
    }

    /// <summary>Finds the client's metadata, its scheduler or its model.</summary>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        object?[] services = [this, _metadata, scheduler, scheduler.Model];
        return serviceKey is null ? Array.Find(services, serviceType.IsInstanceOfType) : null;
    }

    /// <summary>Nothing: the scheduler belongs to who made it.</summary>
    public void Dispose()
    {
    }
}
