using Quipu.Cli.Flags;
using Quipu.Packaging;

namespace Quipu.Cli;

/// <summary>The container that the program came in: its weights are the default model, its arguments are read before any other.</summary>
internal static class OwnContainer
{
    private const string Variable = "QUIPU_CONTAINER";

    /// <summary>Its path, or null where the program is a plain one. Like the program's own path, a fact of the process.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Finds GGUFs, those of the own container too.</summary>
    public static WeightsLocator Weights { get; } = new(Path);

    /// <summary>The command line with the container's arguments. A tool gets the user's alone: what is stored is meant for the model.</summary>
    /// <exception cref="PackagingException">The container is damaged.</exception>
    public static string[] Expand(string[] user)
    {
        if (Path is null || (user.Length > 0 && ModeNames.Tool(user[0]) is not null))
            return user;
        using var container = Container.Open(Path);
        return ArgumentsFile.Read(container) is { } stored ? ArgumentsFile.Expand(stored, user) : user;
    }

    private static string? Find()
    {
        // The launcher says where the container is. Programs that this one starts must not take it for theirs.
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
        {
            Environment.SetEnvironmentVariable(Variable, null);
            return path;
        }
        // On Windows, and where it was written by 'quipu native', the program is the container.
        return Environment.ProcessPath is { } program && HoldsArchive(program) ? program : null;
    }

    private static bool HoldsArchive(string program)
    {
        try
        {
            using var container = Container.TryOpen(program);
            return container is not null;
        }
        catch (PackagingException)
        {
            return true; // A damaged one: whoever opens it says how.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // A program that may be run but not read.
        }
    }
}
