using System.Collections.Immutable;

namespace Quipu.Cli.Chat.Commands;

/// <summary>The commands of the chat.</summary>
internal sealed class CommandTable
{
    private static readonly ImmutableArray<ChatCommand> All =
    [
        new("help", "[COMMAND]", "list the commands, or explain one",
            "Without an argument it lists all commands. With the name of a command it explains that one. /? is short for it.", InfoCommands.Help),
        new("exit", "", "leave", "Leaves the chat. Ctrl-D on an empty line does the same.", SessionCommands.Exit),
        new("bye", "", "leave", "Leaves the chat, as /exit does.", SessionCommands.Exit),
        new("stats", "", "show times and memory",
            "Shows how long loading, prompts and answers took in this session, how many tokens that was, and how much memory is in use.",
            InfoCommands.Stats),
        new("context", "", "show how full the context is",
            "Shows how many tokens the conversation has, and how many the context holds. When it is full, /forget and /undo make room.",
            InfoCommands.Context),
        new("clear", "", "begin again",
            "Forgets everything but the system prompt, and everything that /push remembered.", SessionCommands.Clear),
        new("dump", "[FILE]", "print the conversation, or save it",
            "Prints the conversation as the model sees it, with its control tokens. With a file name it is written there; a file of that name "
            + "is replaced.", FileCommands.Dump) { TakesFile = true },
        new("push", "", "remember this moment",
            "Remembers the conversation as it is now. /pop comes back to it. Moments are stacked: the last one pushed is popped first.",
            StackCommands.Push),
        new("pop", "", "go back to the moment remembered last",
            "Makes the conversation what it was when /push was used last, and takes that moment from the stack.", StackCommands.Pop),
        new("stack", "", "list the remembered moments",
            "Lists what /push remembered: the number of tokens, and how the conversation ended then.", StackCommands.List),
        new("undo", "", "take the last exchange back",
            "Takes your last message and its answer back, or a file that waits for your next message. In the manual mode it takes the last "
            + "message alone.", SessionCommands.Undo),
        new("forget", "", "drop the oldest exchange",
            "Drops the oldest message and its answer, but not the system prompt, to make room in the context. In the manual mode it drops "
            + "the oldest message alone.", SessionCommands.Forget),
        new("manual", "[on|off]", "write every role yourself",
            "While it is on, nothing is generated: each line becomes a message of the role that the prompt's colour and hint show, user, "
            + "assistant and user again. An empty line chooses another role: user, assistant, system.", SessionCommands.Manual) { NeedsRoles = true },
        new("upload", "FILE", "give the model a text file",
            "Reads a text file. Its name, its time and its text go before your next message, where every model's template has a place for "
            + "them. Images need a model that sees, which this build does not run.", FileCommands.Upload) { TakesFile = true },
    ];

    private CommandTable(ImmutableArray<ChatCommand> commands) => Commands = commands;

    /// <summary>The commands, in the order of the help.</summary>
    public ImmutableArray<ChatCommand> Commands { get; }

    /// <summary>The commands that make sense for a model.</summary>
    public static CommandTable For(bool isBaseModel) => new([.. All.Where(command => !isBaseModel || !command.NeedsRoles)]);

    /// <summary>Whether a line is a command: a slash and a letter, or the short form of help.</summary>
    public static bool IsCommand(string line) => line is ['/', '?', ..] || (line is ['/', var first, ..] && char.IsAsciiLetter(first));

    /// <summary>The command of a name; null where there is none.</summary>
    public ChatCommand? Find(string name) => name == "?" ? Find("help") : Commands.FirstOrDefault(command => command.Name == name);

    /// <summary>Runs a line that is a command.</summary>
    public CommandResult Run(string line, ChatState state)
    {
        int end = line.AsSpan().IndexOfAny(" \t\n");
        string name = end < 0 ? line[1..] : line[1..end];
        if (Find(name) is { } command)
            return command.Run(state, end < 0 ? "" : line[end..].Trim());
        state.Terminal.Fail($"/{name}: unrecognized command");
        state.Terminal.Say("Type /help for the list, or begin with a blank to send the line to the model.");
        return CommandResult.Continue;
    }
}
