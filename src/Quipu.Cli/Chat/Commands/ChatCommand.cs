namespace Quipu.Cli.Chat.Commands;

/// <summary>What follows a command.</summary>
internal enum CommandResult
{
    /// <summary>The next line.</summary>
    Continue,
    /// <summary>The end of the chat.</summary>
    Exit,
}

/// <summary>A command that begins with a slash.</summary>
/// <param name="Name">Its name, without the slash.</param>
/// <param name="Arguments">What may follow, for the help.</param>
/// <param name="Summary">What it does, in a few words.</param>
/// <param name="Details">What it does, in sentences.</param>
/// <param name="Run">Does it, given what was typed behind the name.</param>
internal sealed record ChatCommand(
    string Name, string Arguments, string Summary, string Details, Func<ChatState, string, CommandResult> Run)
{
    /// <summary>Whether its argument is a file.</summary>
    public bool TakesFile { get; init; }

    /// <summary>Whether a base model, which knows no roles, lacks it.</summary>
    public bool NeedsRoles { get; init; }
}
