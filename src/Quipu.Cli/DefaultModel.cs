using Quipu.Cli.Flags;
using Quipu.Gguf;
using Quipu.Packaging;

namespace Quipu.Cli;

/// <summary>The model that runs when no other is asked for.</summary>
internal static class DefaultModel
{
    /// <summary>Its file.</summary>
    public const string FileName = "SmolLM2-135M-Instruct-Q4_1.gguf";

    /// <summary>Opens the model of -m, or the default one.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static GgufFile Open(ParsedFlags flags) => GgufFile.Open(Of(flags), OwnContainer.Weights.Locate);

    /// <summary>The name of the model of -m, or of the default one: that of the own container, or the bundled one.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Of(ParsedFlags flags) => flags.Text(GeneralFlags.Model)
        ?? (OwnContainer.Path is { } container ? WeightsLocator.DefaultModel(container) : null)
        ?? Find(AppContext.BaseDirectory)
        ?? throw new UsageException(
            $"No model is given, this program carries none, and the default one, {FileName}, is neither in {AppContext.BaseDirectory} nor in its folder models. "
            + "Give one with -m FILE.");

    /// <summary>Looks beside the program, and in the source tree that it was built in.</summary>
    /// <param name="folder">The program's folder.</param>
    public static string? Find(string folder)
    {
        foreach (string path in (string[])[Path.Combine(folder, FileName), Path.Combine(folder, "models", FileName)])
            if (File.Exists(path))
                return path;
        for (var parent = new DirectoryInfo(folder); parent is not null; parent = parent.Parent)
        {
            if (!File.Exists(Path.Combine(parent.FullName, "Quipu.slnx")))
                continue;
            string path = Path.Combine(parent.FullName, "models", FileName);
            return File.Exists(path) ? path : null;
        }
        return null;
    }
}
