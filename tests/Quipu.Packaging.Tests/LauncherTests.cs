using System.Text;
using Quipu.Testing;

namespace Quipu.Packaging.Tests;

/// <summary>The launcher under every shell, on every platform that <c>uname</c> may name, and in hostile surroundings.</summary>
[Collection("Processes")] // not beside one another: a process that starts while a file is written keeps it open ("Text file busy")
public sealed class LauncherTests : IDisposable
{
    private const string Haswell = "flags\t\t: fpu avx f16c movbe abm bmi1 avx2 bmi2 fma erms\nbugs\t\t:\n";
    private const string Skylake = "flags\t\t: fpu avx f16c movbe abm bmi1 avx2 bmi2 fma avx512f avx512dq avx512cd avx512bw avx512vl\n";
    private const string SandyBridge = "flags\t\t: fpu sse4_1 sse4_2 popcnt avx\n";
    private const string Nehalem = "flags\t\t: fpu sse4_1 sse4_2 popcnt\n";

    private readonly TemporaryFolder _folder = new();

    public LauncherTests()
    {
        Directory.CreateDirectory(_folder["home"]);
        Write("x", Haswell);
    }

    public void Dispose()
    {
        foreach (string folder in Directory.GetDirectories(_folder.Path, "*", SearchOption.AllDirectories))
            if (!OperatingSystem.IsWindows() && new DirectoryInfo(folder).LinkTarget is null)
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("sh -c")]
    [InlineData("bash -c")]
    [InlineData("bash --posix -c")]
    [InlineData("dash -c")]
    [InlineData("zsh -c")]
    [InlineData("zsh --emulate sh -c")]
    [InlineData("busybox sh -c")]
    [InlineData("fish -c")]
    public void Every_shell_starts_it_with_its_arguments(string shell)
    {
        var result = Run([.. shell.Split(' '), "./x 'a b' '' '$HOME' \"it's\" '*' '-n'"]);
        Expect(result, "<a b>\n<>\n<$HOME>\n<it's>\n<*>\n<-n>\n");
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    [InlineData("dash")]
    [InlineData("zsh")]
    [InlineData("busybox sh")]
    public void A_shell_runs_it_as_a_script(string shell)
    {
        Expect(Run([.. shell.Split(' '), "./x", "a b"]), "<a b>\n");
        // Found in the folders of PATH, and where it is in none of them.
        Expect(Run([.. shell.Split(' '), "x", "a b"]), "<a b>\n");
    }

    [Theory]
    [InlineData("env ./x a")]
    [InlineData("nohup ./x a")]
    [InlineData("nice ./x a")]
    public void Programs_that_try_a_shell_start_it(string command) => Expect(Run(command.Split(' ')), "<a>\n");

    [Fact]
    public void It_is_found_in_PATH_by_a_link_and_in_folders_of_any_name()
    {
        foreach (string name in (string[])["with space", "quote's \"and\" $x", "ü", "-n"])
        {
            Directory.CreateDirectory(_folder[name]);
            File.Copy(_folder["x"], Path.Combine(_folder[name], "prog ram"));
            var result = Shell.Run(_folder.Path, ["sh", "-c", "\"prog ram\" a"], ("PATH", _folder[name] + ":" + Environment.GetEnvironmentVariable("PATH")));
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            Assert.EndsWith($"container={_folder[name]}/prog ram\n<a>\n", result.Output, StringComparison.Ordinal);
        }
        File.CreateSymbolicLink(_folder["link"], _folder["x"]);
        Expect(Run(["sh", "-c", "./link a"]), "<a>\n");
    }

    [Theory]
    [InlineData("Linux x86_64", Haswell, "linux-x64-avx")]
    [InlineData("Linux x86_64", SandyBridge, "linux-x64")]
    [InlineData("Linux x86_64", Skylake, "linux-x64-v4")]
    [InlineData("Linux x86_64", Nehalem, "linux-x64")]
    [InlineData("Linux x86_64", "", "linux-x64")]
    [InlineData("Linux aarch64", Skylake, "linux-arm64")]
    [InlineData("Darwin arm64", "", "osx-arm64")]
    [InlineData("Darwin x86_64", "", "osx-x64")]
    [InlineData("FreeBSD amd64", Haswell, "linux-x64-avx")]
    public void The_program_is_the_one_for_the_machine(string system, string cpuInfo, string target)
    {
        Write("y", cpuInfo);
        var result = Run(["sh", "./y"], Fake("uname", system));
        Assert.Equal("", result.Error);
        Assert.StartsWith($"program={target} ", result.Output, StringComparison.Ordinal);
        byte[] extracted = File.ReadAllBytes(Assert.Single(CachedPrograms()));
        Assert.Equal(ToyEngine.Program(target), extracted);
    }

    [Theory]
    [InlineData("dash", Haswell, "linux-x64-avx")]
    [InlineData("bash", Skylake, "linux-x64-v4")]
    [InlineData("busybox sh", Nehalem, "linux-x64")]
    [InlineData("zsh", Haswell, "linux-x64-avx")]
    public void Programs_of_a_common_stream_are_taken_out_by_the_extractor(string shell, string cpuInfo, string target)
    {
        if (ToyEngine.Xz("--format=lzma", []) is null)
            Assert.Skip("xz is not installed.");
        Write("y", cpuInfo, asReleased: true);
        var result = Run([.. shell.Split(' '), "./y", "a b"]);
        Assert.Equal("", result.Error);
        Assert.StartsWith($"program={target} ", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("<a b>\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(ToyEngine.Program(target), File.ReadAllBytes(Assert.Single(CachedPrograms())));
        Assert.Equal(2, Directory.GetFileSystemEntries(Cache).Length); // and nothing of the extractor
    }

    [Fact]
    public void A_shell_that_rosetta_translates_gets_the_native_program()
    {
        var result = Run(["sh", "./x"], Fake("uname", "Darwin x86_64"), Fake("sysctl", "1"));
        Assert.StartsWith("program=osx-arm64 ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Linux riscv64", "no program for Linux riscv64")]
    [InlineData("MINGW64_NT-10.0 x86_64", "ends in .exe")]
    public void An_unknown_machine_is_told_so(string system, string message)
    {
        var result = Run(["sh", "./x"], Fake("uname", system));
        Assert.Equal((126, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Starts_at_once_extract_one_program()
    {
        var runs = Enumerable.Range(0, 24).Select(_ => Shell.Start(_folder.Path, ["sh", "./x", "a"])).ToList();
        foreach (var process in runs)
        {
            using (process)
            {
                string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, process.ExitCode);
                Assert.EndsWith("<a>\n", output, StringComparison.Ordinal);
            }
        }
        Assert.Single(CachedPrograms());
        Assert.Equal(2, Directory.GetFileSystemEntries(Cache).Length); // with the note where it came from
    }

    [Fact]
    public void The_cache_is_private_and_the_programs_own_mask_stays()
    {
        var result = Run(["sh", "-c", "umask 027; ./x; ./x"]);
        Assert.Equal(2, result.Output.Split("umask=0027").Length - 1);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cache));
    }

    [Fact]
    public void Old_programs_of_the_same_file_are_removed_and_those_of_others_stay()
    {
        Write("other", Haswell, "9");
        Run(["sh", "./other"]);
        Run(["sh", "./x"]);
        Assert.Equal(2, CachedPrograms().Count);
        Write("x", Haswell, "2");
        Assert.Contains("version=2", Run(["sh", "./x"]).Output, StringComparison.Ordinal);
        Assert.Equal(2, CachedPrograms().Count);
        Assert.Contains("version=9", Run(["sh", "./other"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_home_it_uses_a_private_folder_below_tmp()
    {
        string tmp = Directory.CreateDirectory(_folder["tmp"]).FullName;
        Expect(Run(["sh", "./x", "a"], ("HOME", null), ("TMPDIR", tmp)), "<a>\n");
        Assert.StartsWith(".quipu-", Path.GetFileName(Assert.Single(Directory.GetDirectories(tmp))), StringComparison.Ordinal);
        File.WriteAllText(_folder["file"], "");
        Expect(Run(["sh", "./x", "b"], ("HOME", _folder["file"]), ("TMPDIR", tmp)), "<b>\n");
    }

    [Fact]
    public void A_planted_folder_below_tmp_is_refused()
    {
        string tmp = Directory.CreateDirectory(_folder["tmp"]).FullName, planted = Directory.CreateDirectory(_folder["planted"]).FullName;
        string uid = Shell.Run(_folder.Path, ["id", "-u"]).Output.Trim();
        File.CreateSymbolicLink(Path.Combine(tmp, ".quipu-" + uid), planted);
        var result = Run(["sh", "./x"], ("HOME", null), ("TMPDIR", tmp));
        Assert.Equal((126, ""), (result.ExitCode, result.Output));
        Assert.Contains("belongs to somebody else", result.Error, StringComparison.Ordinal);
        Assert.Contains("Set XDG_CACHE_HOME", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(planted));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox sh")]
    public void Where_programs_may_not_run_the_next_folder_is_taken(string shell)
    {
        _ = Run([.. shell.Split(' '), "-c", "true"]); // skips where the shell is missing
        string script = $"mount -t tmpfs -o noexec tmpfs '{_folder["home"]}' && TMPDIR='{Directory.CreateDirectory(_folder["tmp"]).FullName}' {shell} ./x a";
        var probe = Run(["unshare", "-rm", "true"]);
        if (probe.ExitCode != 0)
            Assert.Skip("This system makes no mount namespaces: " + probe.Error);
        Expect(Run(["unshare", "-rm", "sh", "-c", script]), "<a>\n");
    }

    [Fact]
    public void A_file_that_may_only_be_read_starts()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["x"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Expect(Run(["sh", "-c", "./x a"]), "<a>\n");
    }

    [Fact]
    public void Leftovers_of_a_killed_start_do_not_hinder_and_are_removed()
    {
        string stale = Directory.CreateDirectory(Path.Combine(Cache, "t.abcdef")).FullName;
        File.WriteAllText(Path.Combine(stale, "x"), "half");
        Directory.SetLastWriteTimeUtc(stale, DateTime.UtcNow.AddDays(-3));
        Expect(Run(["sh", "./x", "a"]), "<a>\n");
        Assert.False(Directory.Exists(stale));
    }

    [Fact]
    public void A_program_that_a_power_failure_left_empty_is_extracted_again()
    {
        Expect(Run(["sh", "./x", "a"]), "<a>\n");
        string program = Assert.Single(CachedPrograms());
        File.WriteAllText(program, "");
        Expect(Run(["sh", "./x", "b"]), "<b>\n");
        Assert.Equal(ToyEngine.Program("linux-x64-avx"), File.ReadAllBytes(program));
    }

    private string Cache => Path.Combine(_folder["home"], ".cache", "quipu");

    private List<string> CachedPrograms() => [.. Directory.GetFiles(Cache, "quipu-*").Where(path => !path.EndsWith(".from", StringComparison.Ordinal))];

    private ShellResult Run(string[] command, params (string Name, string? Value)[] environment)
    {
        string path = _folder["fake"] + ":" + Environment.GetEnvironmentVariable("PATH");
        return Shell.Run(_folder.Path, command, [("PATH", path), .. environment]);
    }

    private static void Expect(ShellResult result, string arguments)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("program=linux-x64-avx version=1 ", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n" + arguments, result.Output[result.Output.IndexOf("container=", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    /// <summary>Puts a program before those of the system that prints a text.</summary>
    private (string Name, string? Value) Fake(string program, string output)
    {
        string path = Path.Combine(Directory.CreateDirectory(_folder["fake"]).FullName, program);
        File.WriteAllText(path, $"#!/bin/sh\necho '{output}'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return ("QUIPU_TEST", "");
    }

    private void Write(string name, string cpuInfo, string version = "1", bool asReleased = false)
    {
        var (programs, streams) = asReleased ? ToyEngine.Release(version) : (ToyEngine.Programs(version), []);
        string cpuInfoPath = _folder.Write("cpuinfo-" + name, Encoding.ASCII.GetBytes(cpuInfo));
        ContainerWriter.Write(
            _folder[name], output => ContainerEngineWriter.Write(version, ToyEngine.Windows(), programs, streams, output, cpuInfoPath),
            [PackItem.Bytes("LICENSE", [1])], null, CancellationToken.None);
    }
}
