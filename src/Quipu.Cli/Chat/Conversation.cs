using System.Collections.Immutable;
using Quipu.Engine;

namespace Quipu.Cli.Chat;

/// <summary>A conversation at one moment.</summary>
/// <param name="Messages">What was said.</param>
/// <param name="Held">Texts of uploaded files, which go before the next message of the user.</param>
internal sealed record ConversationState(ImmutableList<ChatMessage> Messages, ImmutableList<string> Held);

/// <summary>
/// The conversation as a list of messages. Edits change the list only: the next answer renders the whole list, and the engine
/// computes again from the first token that differs from what it holds.
/// </summary>
internal sealed class Conversation
{
    private readonly ImmutableList<ChatMessage> _opening;
    private readonly List<ConversationState> _stack = [];

    /// <summary>Begins a conversation.</summary>
    /// <param name="opening">What stands before it and is never taken away: the system prompt.</param>
    public Conversation(params IEnumerable<ChatMessage> opening)
    {
        _opening = [.. opening];
        State = new ConversationState(_opening, []);
    }

    /// <summary>The conversation now; setting it restores an earlier moment.</summary>
    public ConversationState State { get; set; }

    /// <summary>What was said.</summary>
    public ImmutableList<ChatMessage> Messages => State.Messages;

    /// <summary>The moments that <see cref="Push"/> remembered, oldest first.</summary>
    public IReadOnlyList<ConversationState> Stack => _stack;

    /// <summary>Adds a message.</summary>
    public void Add(string role, string content)
    {
        if (role == ChatRoles.User && !State.Held.IsEmpty)
        {
            content = string.Join("\n\n", State.Held.Add(content).Where(part => part.Length > 0));
            State = State with { Held = [] };
        }
        State = State with { Messages = Messages.Add(new ChatMessage(role, content)) };
    }

    /// <summary>Keeps a text for the start of the user's next message.</summary>
    public void Hold(string text) => State = State with { Held = State.Held.Add(text) };

    /// <summary>Goes back to the start, and forgets the remembered moments.</summary>
    public void Clear()
    {
        State = new ConversationState(_opening, []);
        _stack.Clear();
    }

    /// <summary>Remembers this moment.</summary>
    public void Push() => _stack.Add(State);

    /// <summary>Goes back to the moment remembered last.</summary>
    /// <returns>False where there is none.</returns>
    public bool Pop()
    {
        if (_stack.Count == 0)
            return false;
        State = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return true;
    }

    /// <summary>Takes the end of the conversation away.</summary>
    /// <param name="messageOnly">Whether to take the last message alone instead of the last question and its answer.</param>
    /// <returns>False where there is nothing to take.</returns>
    public bool Undo(bool messageOnly)
    {
        if (!State.Held.IsEmpty)
        {
            State = State with { Held = State.Held.RemoveAt(State.Held.Count - 1) };
            return true;
        }
        int keep = Messages.Count - 1;
        if (keep < _opening.Count)
            return false;
        while (!messageOnly && keep > _opening.Count && Messages[keep].Role != ChatRoles.User)
            keep--;
        State = State with { Messages = Messages.RemoveRange(keep, Messages.Count - keep) };
        return true;
    }

    /// <summary>
    /// Takes the oldest messages away, but not the opening. A question goes together with its answer, because templates demand that
    /// the roles alternate.
    /// </summary>
    /// <param name="messageOnly">Whether to take the oldest message alone.</param>
    /// <returns>False where there is nothing to take.</returns>
    public bool Forget(bool messageOnly)
    {
        if (Messages.Count == _opening.Count)
            return false;
        int end = _opening.Count + 1;
        while (!messageOnly && end < Messages.Count && Messages[end].Role != ChatRoles.User)
            end++;
        State = State with { Messages = Messages.RemoveRange(_opening.Count, end - _opening.Count) };
        return true;
    }
}
