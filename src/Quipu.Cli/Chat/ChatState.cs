using Quipu.Templates;

namespace Quipu.Cli.Chat;

/// <summary>What a session works on, and what the commands change.</summary>
internal sealed class ChatState
{
    private const string ThinkStart = "<think>";

    /// <summary>Makes the state of a session.</summary>
    public ChatState(IChatModel model, ChatTerminal terminal, Conversation conversation, SessionStatistics statistics)
    {
        Model = model;
        Terminal = terminal;
        Conversation = conversation;
        Statistics = statistics;
        Prompts = new PromptBuilder(model);
    }

    /// <summary>The model.</summary>
    public IChatModel Model { get; }

    /// <summary>Where to read and write.</summary>
    public ChatTerminal Terminal { get; }

    /// <summary>What was said.</summary>
    public Conversation Conversation { get; }

    /// <summary>What it took.</summary>
    public SessionStatistics Statistics { get; }

    /// <summary>Makes prompts of conversations.</summary>
    public PromptBuilder Prompts { get; }

    /// <summary>Whether the user writes for every role and nothing is generated.</summary>
    public bool IsManual { get; private set; }

    /// <summary>Whose message the next line is.</summary>
    public string Speaker { get; private set; } = ChatRoles.User;

    /// <summary>Turns the manual mode on or off.</summary>
    public void SetManual(bool on)
    {
        IsManual = on;
        Speaker = ChatRoles.User;
    }

    /// <summary>Adds a message of the current speaker; the next role is up.</summary>
    public void AddManual(string text)
    {
        Conversation.Add(Speaker, text);
        Speaker = ChatRoles.After(Speaker);
    }

    /// <summary>Lets another role speak.</summary>
    public void CycleSpeaker() => Speaker = ChatRoles.Cycle(Speaker);

    /// <summary>Whether the template makes the model begin with a thought.</summary>
    public bool EndsInThought() =>
        !Model.IsBaseModel && Prompts.Render(Conversation.Messages, addGenerationPrompt: true).TrimEnd().EndsWith(ThinkStart, StringComparison.Ordinal);

    /// <summary>The tokens of a conversation; null where the template refuses it as it stands, such as without a question.</summary>
    public int? CountTokens(ConversationState state)
    {
        try
        {
            return state.Messages.IsEmpty ? 0 : Prompts.Build(state.Messages, addGenerationPrompt: false).Length;
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    /// <summary>
    /// The conversation as the model sees it. Where the template refuses it as it stands, the messages themselves, each behind the
    /// name of its role.
    /// </summary>
    public string Render(ConversationState state)
    {
        if (state.Messages.IsEmpty)
            return "";
        try
        {
            return Prompts.Render(state.Messages, addGenerationPrompt: false);
        }
        catch (TemplateException)
        {
            return string.Concat(state.Messages.Select(message => $"{message.Role}: {message.Content}\n"));
        }
    }
}
