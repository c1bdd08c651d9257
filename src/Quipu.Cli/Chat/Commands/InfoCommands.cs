using System.Text;

namespace Quipu.Cli.Chat.Commands;

/// <summary>Commands that tell something.</summary>
internal static class InfoCommands
{
    public static CommandResult Help(ChatState state, string topic)
    {
        var table = CommandTable.For(state.Model.IsBaseModel);
        string name = topic.TrimStart('/');
        if (name.Length == 0)
            state.Terminal.Say(List(table, state.Terminal));
        else if (table.Find(name) is { } command)
            state.Terminal.Say($"usage: {Usage(command)}\n{command.Details}");
        else
            state.Terminal.Fail($"{topic}: unknown command");
        return CommandResult.Continue;
    }

    public static CommandResult Stats(ChatState state, string arguments)
    {
        state.Terminal.Say(state.Statistics.Describe(state.Model.CacheBytes, state.Model.ActivationBytes, ProcessMemory.Anonymous()));
        return CommandResult.Continue;
    }

    public static CommandResult Context(ChatState state, string arguments)
    {
        int length = state.Model.ContextLength;
        if (state.CountTokens(state.Conversation.State) is not { } used)
        {
            state.Terminal.Say($"The context holds {length} tokens. The conversation cannot be counted yet: the model's template refuses it as it stands.");
            return CommandResult.Continue;
        }
        state.Terminal.Say($"{used} out of {length} context tokens used ({Math.Max(length - used, 0)} tokens remaining)");
        if (length < state.Model.TrainedContextLength)
            state.Terminal.Say($"A start with -c N makes it larger; the model's maximum is {state.Model.TrainedContextLength} (-c 0).");
        return CommandResult.Continue;
    }

    private static string Usage(ChatCommand command) => $"/{command.Name} {command.Arguments}".TrimEnd();

    private static string List(CommandTable table, ChatTerminal terminal)
    {
        var text = new StringBuilder("Commands:\n");
        int width = table.Commands.Max(command => Usage(command).Length);
        foreach (var command in table.Commands)
            text.Append("  ").Append(terminal.Bold(Usage(command).PadRight(width))).Append("  ").Append(command.Summary).Append('\n');
        text.Append("Keys:\n");
        foreach (var (key, meaning) in Keys)
            text.Append("  ").Append(terminal.Bold(key.PadRight(width))).Append("  ").Append(meaning).Append('\n');
        return text.Append("\"\"\" before and behind a text lets it have several lines.").ToString();
    }

    private static (string Key, string Meaning)[] Keys =>
    [
        ("Ctrl-C", "stop the answer; at the prompt: leave"),
        ("Ctrl-D", "leave, on an empty line"),
        ("Ctrl-J", "a new line in the message"),
        ("Ctrl-R", "search what was typed before"),
        ("Tab", "complete a command or a file name"),
    ];
}
