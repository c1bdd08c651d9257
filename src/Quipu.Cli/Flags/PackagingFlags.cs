namespace Quipu.Cli.Flags;

/// <summary>Flags of the tools that handle containers.</summary>
internal static class PackagingFlags
{
    public static readonly FlagDefinition Output = new("-o", "--out")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Pack | Modes.Unpack | Modes.Native | Modes.Upgrade,
        Group = FlagGroup.Output,
        Help = "the file to write",
        HelpIn =
        [
            (Modes.Pack, "the file to write (default: the model's name with .llamafile)"),
            (Modes.Unpack, "the folder to write to (default: this one)"),
            (Modes.Upgrade, "the file to write (default: the same file)"),
        ],
        Hint = "'quipu args' changes a container in place; other tools write to stdout",
    };

    public static readonly FlagDefinition ArgumentsFrom = new("--args")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Pack,
        Group = FlagGroup.Input,
        Help = "the arguments to carry, one a line, in place of those that are made from the model and what follows --",
        Hint = "quipu args FILE -- ARGUMENTS",
    };

    public static readonly FlagDefinition Add = new("--add")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Pack,
        Group = FlagGroup.Input,
        Help = "a further file to carry, such as the model's licence. Repeatable",
        Repeatable = true,
    };

    public static readonly FlagDefinition Name = new("--name")
    {
        Kind = FlagKind.Text,
        ValueName = "NAME",
        Modes = Modes.Pack,
        Group = FlagGroup.Output,
        Help = "what the model is called inside (default: as its file)",
    };

    public static readonly FlagDefinition External = new("--external")
    {
        Modes = Modes.Pack,
        Group = FlagGroup.Output,
        Help = "leave the weights in files beside it, with their checksums in it: Windows starts no program over 4 GB",
    };

    public static readonly FlagDefinition Engine = new("--engine")
    {
        Kind = FlagKind.Text,
        ValueName = "FILE",
        Modes = Modes.Pack | Modes.Upgrade,
        Group = FlagGroup.Input,
        Help = "the container whose programs to take (default: the one that runs)",
    };

    public static readonly FlagDefinition Target = new("--target")
    {
        Kind = FlagKind.Text,
        ValueName = "NAME",
        Modes = Modes.Native,
        Group = FlagGroup.Generation,
        Help = "the platform, as 'quipu ls' names it (default: this machine's)",
    };

    public static readonly FlagDefinition Bare = new("--bare")
    {
        Modes = Modes.Native,
        Group = FlagGroup.Generation,
        Help = "the program alone, without the weights",
    };

    public static readonly FlagDefinition Clear = new("--clear")
    {
        Modes = Modes.Arguments,
        Group = FlagGroup.Generation,
        Help = "take all arguments away",
    };

    /// <summary>All of this class.</summary>
    public static FlagDefinition[] All => [Output, ArgumentsFrom, Add, Name, External, Engine, Target, Bare, Clear];
}
