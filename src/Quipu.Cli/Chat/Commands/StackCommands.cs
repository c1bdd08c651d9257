namespace Quipu.Cli.Chat.Commands;

/// <summary>Commands of the stack of remembered moments.</summary>
internal static class StackCommands
{
    private const int ShownEnd = 63;

    public static CommandResult Push(ChatState state, string arguments)
    {
        state.Conversation.Push();
        state.Terminal.Say(Line(state, state.Conversation.State));
        return CommandResult.Continue;
    }

    public static CommandResult Pop(ChatState state, string arguments)
    {
        if (state.Conversation.Pop())
            state.Terminal.Say(Line(state, state.Conversation.State));
        else
            state.Terminal.Fail("error: the stack is empty (/push puts a moment on it)");
        return CommandResult.Continue;
    }

    public static CommandResult List(ChatState state, string arguments)
    {
        if (state.Conversation.Stack.Count == 0)
            state.Terminal.Say("The stack is empty. /push puts a moment on it.");
        foreach (var moment in state.Conversation.Stack.Reverse())
            state.Terminal.Say(Line(state, moment));
        return CommandResult.Continue;
    }

    /// <summary>How a conversation ends, on one line.</summary>
    public static string EndOf(ChatState state, ConversationState moment)
    {
        string text = state.Render(moment).ReplaceLineEndings(" ");
        if (text.Length <= ShownEnd)
            return text.Length == 0 ? "(nothing)" : text;
        int start = text.Length - ShownEnd;
        return "…" + text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
    }

    private static string Line(ChatState state, ConversationState moment) =>
        $"{state.CountTokens(moment)?.ToString() ?? "?",12} ({EndOf(state, moment)})";
}
