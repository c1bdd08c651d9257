using Quipu.Cli.Chat.Terminal;

namespace Quipu.Cli.Chat.Commands;

/// <summary>Completes commands, and the paths behind those that take a file.</summary>
internal sealed class CommandCompletion(CommandTable table)
{
    /// <summary>What Tab offers.</summary>
    public Completion Complete(string before)
    {
        if (!before.StartsWith('/'))
            return Completion.None;
        int blank = before.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
            return new Completion(0, [.. table.Commands.Where(command => Fits(command, before)).Select(Completed)]);
        int start = blank;
        while (start < before.Length && before[start] == ' ')
            start++;
        var command = table.Find(before[1..blank]);
        if (command is { TakesFile: true })
            return new Completion(start, PathCompletion.Complete(before[start..]));
        string typed = before[start..];
        return new Completion(start, [.. Choices(command).Where(choice => choice.StartsWith(typed, StringComparison.Ordinal))]);
    }

    /// <summary>The rest of a command that the line can only mean, and its arguments.</summary>
    public string Hint(string text)
    {
        if (!text.StartsWith('/') || text.Length < 2)
            return "";
        string name = text[1..];
        var command = table.Find(name.TrimEnd(' '));
        if (command is not null)
            return name.EndsWith(' ') ? command.Arguments : command.Arguments.Length > 0 ? " " + command.Arguments : "";
        var fitting = table.Commands.Where(other => Fits(other, text)).ToArray();
        return fitting.Length == 1 ? fitting[0].Name[name.Length..] : "";
    }

    private static bool Fits(ChatCommand command, string typed) => ("/" + command.Name).StartsWith(typed, StringComparison.Ordinal);

    private static string Completed(ChatCommand command) => "/" + command.Name + (command.TakesFile ? " " : "");

    private IEnumerable<string> Choices(ChatCommand? command) => command?.Name switch
    {
        "help" => table.Commands.Select(other => other.Name),
        "manual" => ["on", "off"],
        _ => [],
    };
}
