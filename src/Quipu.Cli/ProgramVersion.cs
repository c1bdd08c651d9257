using System.Reflection;

namespace Quipu.Cli;

/// <summary>The program's version.</summary>
internal static class ProgramVersion
{
    /// <summary>Without the commit that the build adds: it is of no use to the user.</summary>
    public static string Text =>
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];
}
