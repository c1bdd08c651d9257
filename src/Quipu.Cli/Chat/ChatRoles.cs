namespace Quipu.Cli.Chat;

/// <summary>The roles of a conversation, by the names that chat templates give them.</summary>
internal static class ChatRoles
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";

    /// <summary>SGR parameters of a role's prompt.</summary>
    public static string Color(string role) => role switch
    {
        System => "1;33",
        Assistant => "1;35",
        _ => "1;32",
    };

    /// <summary>Whose turn it is after a message of this role.</summary>
    public static string After(string role) => role == User ? Assistant : User;

    /// <summary>The next role where a person chooses one: user, assistant, system and around.</summary>
    public static string Cycle(string role) => role switch
    {
        User => Assistant,
        Assistant => System,
        _ => User,
    };
}
