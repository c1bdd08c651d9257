namespace Quipu.Cli.Chat;

/// <summary>When to use colours.</summary>
internal enum ColorMode
{
    /// <summary>On a terminal, unless NO_COLOR is set.</summary>
    Auto,
    /// <summary>Always.</summary>
    Always,
    /// <summary>Never.</summary>
    Never,
}

/// <summary>Decides about colours by the conventions that terminal programs share: NO_COLOR and TERM=dumb turn them off.</summary>
internal static class ColorPolicy
{
    /// <summary>Whether to use colours.</summary>
    /// <param name="mode">What the user asked for.</param>
    /// <param name="isTerminal">Whether the output is a terminal.</param>
    /// <param name="variable">Gives an environment variable.</param>
    public static bool UseColor(ColorMode mode, bool isTerminal, Func<string, string?> variable) => mode switch
    {
        ColorMode.Always => true,
        ColorMode.Never => false,
        _ => isTerminal && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb",
    };
}
