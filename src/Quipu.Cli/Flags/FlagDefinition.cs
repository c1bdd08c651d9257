namespace Quipu.Cli.Flags;

/// <summary>What follows a flag.</summary>
internal enum FlagKind
{
    /// <summary>Nothing: on or, by its other names, off.</summary>
    Switch,
    /// <summary>A whole number.</summary>
    Integer,
    /// <summary>A number.</summary>
    Number,
    /// <summary>A text.</summary>
    Text,
}

/// <summary>Where the help shows a flag.</summary>
internal enum FlagGroup
{
    /// <summary>Choice of mode, help, version.</summary>
    General,
    /// <summary>The model and its template.</summary>
    Model,
    /// <summary>What is read.</summary>
    Input,
    /// <summary>What is written.</summary>
    Output,
    /// <summary>Context, batches, threads.</summary>
    Computation,
    /// <summary>How a text is generated.</summary>
    Generation,
    /// <summary>How tokens are chosen.</summary>
    Sampling,
    /// <summary>Who is served, and how.</summary>
    Server,
}

/// <summary>One row of the flag table.</summary>
/// <param name="names">All spellings; a switch's spellings that turn it off are in <see cref="OffNames"/>.</param>
internal sealed class FlagDefinition(params string[] names)
{
    /// <summary>All spellings, as the user types them.</summary>
    public string[] Names { get; } = names;

    /// <summary>Spellings that turn a switch off.</summary>
    public string[] OffNames { get; init; } = [];

    /// <summary>What follows it.</summary>
    public FlagKind Kind { get; init; }

    /// <summary>Where it has a meaning.</summary>
    public required Modes Modes { get; init; }

    /// <summary>Where the help shows it.</summary>
    public required FlagGroup Group { get; init; }

    /// <summary>What it does, for the help.</summary>
    public required string Help { get; init; }

    /// <summary>What it does in some modes, where that differs from <see cref="Help"/>.</summary>
    public (Modes Modes, string Help)[] HelpIn { get; init; } = [];

    /// <summary>What stands for the value in the help.</summary>
    public string ValueName { get; init; } = "";

    /// <summary>The value without the flag, for the help; empty where there is none to show.</summary>
    public string Default { get; init; } = "";

    /// <summary>Values that a number may have.</summary>
    public FlagRange Range { get; init; } = FlagRange.Any;

    /// <summary>Whether it may be given more than once, each value counting. Otherwise the last counts.</summary>
    public bool Repeatable { get; init; }

    /// <summary>What to do instead in a mode where it has no meaning.</summary>
    public string Hint { get; init; } = "";

    /// <summary>The spelling for messages: the first long one.</summary>
    public string Name => Array.Find(Names, name => name.StartsWith("--", StringComparison.Ordinal)) ?? Names.Concat(OffNames).First();

    /// <summary>What it does in a mode.</summary>
    public string HelpFor(Modes mode)
    {
        foreach ((Modes modes, string help) in HelpIn)
            if (modes.HasFlag(mode))
                return help;
        return Help;
    }
}

/// <summary>Values that a number may have.</summary>
/// <param name="Least">The least.</param>
/// <param name="Most">The greatest.</param>
/// <param name="ExcludesLeast">Whether <paramref name="Least"/> itself is too small.</param>
internal readonly record struct FlagRange(double Least, double Most = double.PositiveInfinity, bool ExcludesLeast = false)
{
    /// <summary>Every number.</summary>
    public static readonly FlagRange Any = new(double.NegativeInfinity);

    /// <summary>A probability.</summary>
    public static readonly FlagRange Share = new(0, 1);

    /// <summary>Whether a number is allowed.</summary>
    public bool Contains(double value) =>
        double.IsFinite(value) && value <= Most && (ExcludesLeast ? value > Least : value >= Least);

    /// <summary>The limits for a sentence that begins with "must be".</summary>
    public string Describe()
    {
        if (double.IsFinite(Least) && double.IsFinite(Most))
            return ExcludesLeast ? $"above {Least} and at most {Most}" : $"from {Least} to {Most}";
        if (double.IsFinite(Least))
            return ExcludesLeast ? $"above {Least}" : $"at least {Least}";
        return double.IsFinite(Most) ? $"at most {Most}" : "a finite number";
    }
}
