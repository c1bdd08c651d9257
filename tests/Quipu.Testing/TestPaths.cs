namespace Quipu.Testing;

/// <summary>Where tests find their data.</summary>
public static class TestPaths
{
    /// <summary>The repository's root: the folder of Quipu.slnx above the test binary.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The bundled model.</summary>
    public static string BundledModel => Path.Combine(Root, "models", "SmolLM2-135M-Instruct-Q4_1.gguf");

    /// <summary>A file below tests/Fixtures.</summary>
    public static string Fixture(params ReadOnlySpan<string> parts) => Path.Combine([Root, "tests", "Fixtures", .. parts]);

    /// <summary>
    /// A file of the shared folder beside the repository (vocabularies, templates of third parties, the perplexity text), or null.
    /// </summary>
    public static string? Shared(params ReadOnlySpan<string> parts)
    {
        string path = Path.Combine([Root, "..", "shared", .. parts]);
        return File.Exists(path) || Directory.Exists(path) ? Path.GetFullPath(path) : null;
    }

    /// <summary>The first part of the split Gemma 3 270M, from QUIPU_TEST_MODELS or the shared folder; null where it is missing.</summary>
    public static string? Gemma
    {
        get
        {
            const string name = "gemma-3-270m-Q4mix-00001-of-00002.gguf";
            string? folder = Environment.GetEnvironmentVariable("QUIPU_TEST_MODELS");
            if (!string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, name)))
                return Path.Combine(folder, name);
            return Shared("models", name);
        }
    }

    /// <summary>Returns the path, or skips the test with a printed reason where the data is missing.</summary>
    public static string Require(string? path, string what)
    {
        if (path is null)
            Xunit.Assert.Skip($"{what} is not here: put it beside the repository in shared/ or set QUIPU_TEST_MODELS.");
        return path!;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Quipu.slnx")))
                return folder.FullName;
        throw new DirectoryNotFoundException("Quipu.slnx is in no folder above " + AppContext.BaseDirectory);
    }
}
