using Quipu.Testing;

namespace Quipu.Architecture.Tests;

/// <summary>Rules of CONTRIBUTING.md that a machine can check.</summary>
public class HouseRuleTests
{
    private const int MaxLines = 400;
    private const int MaxKernelLines = 600;

    public static TheoryData<string> SourceFiles =>
        [.. Directory.GetFiles(Path.Combine(TestPaths.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(TestPaths.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SourceFiles))]
    public void A_source_file_stays_short(string path)
    {
        bool kernel = path.StartsWith("src/Quipu.Cpu/", StringComparison.Ordinal) || path.StartsWith("src/Quipu.Tensors/", StringComparison.Ordinal);
        int lines = File.ReadAllLines(Path.Combine(TestPaths.Root, path)).Length;
        Assert.True(lines <= (kernel ? MaxKernelLines : MaxLines), $"{path} has {lines} lines.");
    }

    [Theory]
    [MemberData(nameof(SourceFiles))]
    public void Nothing_needs_OpenSSL(string path)
    {
        // On Linux these load libssl at run time: a static program cannot, and the system may have none. docs/decisions/0007-linux-linking.md
        string text = File.ReadAllText(Path.Combine(TestPaths.Root, path));
        foreach (string name in (string[])["RandomNumberGenerator", "SHA256.", "SHA1.", "SHA512.", "MD5.", "HMACSHA", "IncrementalHash"])
            Assert.DoesNotContain(name, text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SourceFiles))]
    public void Only_the_program_writes_to_the_console(string path)
    {
        if (path.StartsWith("src/Quipu.Cli/", StringComparison.Ordinal))
            return;
        string text = File.ReadAllText(Path.Combine(TestPaths.Root, path));
        Assert.DoesNotContain("Console.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("GetEnvironmentVariable", text, StringComparison.Ordinal);
    }
}
