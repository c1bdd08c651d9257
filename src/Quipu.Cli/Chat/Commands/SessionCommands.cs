namespace Quipu.Cli.Chat.Commands;

/// <summary>Commands that change the conversation.</summary>
internal static class SessionCommands
{
    public static CommandResult Exit(ChatState state, string arguments) => CommandResult.Exit;

    public static CommandResult Clear(ChatState state, string arguments)
    {
        state.Conversation.Clear();
        if (state.IsManual)
            state.SetManual(true);
        return CommandResult.Continue;
    }

    public static CommandResult Undo(ChatState state, string arguments)
    {
        if (!state.Conversation.Undo(messageOnly: state.IsManual))
            state.Terminal.Fail("error: there is nothing to undo");
        else
            state.Terminal.Say($"restoring conversation to: {StackCommands.EndOf(state, state.Conversation.State)}");
        return CommandResult.Continue;
    }

    public static CommandResult Forget(ChatState state, string arguments)
    {
        var before = state.Conversation.State;
        if (!state.Conversation.Forget(messageOnly: state.IsManual || state.Model.IsBaseModel))
        {
            state.Terminal.Fail("error: there is nothing left to forget");
            return CommandResult.Continue;
        }
        int messages = before.Messages.Count - state.Conversation.Messages.Count;
        string tokens = state.CountTokens(before) is { } old && state.CountTokens(state.Conversation.State) is { } now
            ? $", {old - now} tokens"
            : "";
        state.Terminal.Say($"forgot the oldest {(messages == 1 ? "message" : $"{messages} messages")}{tokens}");
        return CommandResult.Continue;
    }

    public static CommandResult Manual(ChatState state, string arguments)
    {
        switch (arguments)
        {
            case "":
                state.SetManual(!state.IsManual);
                break;
            case "on" or "off":
                state.SetManual(arguments == "on");
                break;
            default:
                state.Terminal.Fail($"/manual takes \"on\" or \"off\", not \"{arguments}\".");
                return CommandResult.Continue;
        }
        state.Terminal.Say(state.IsManual
            ? "Manual mode is on: each line is a message of the role shown, and nothing is generated."
            : "Manual mode is off.");
        return CommandResult.Continue;
    }
}
