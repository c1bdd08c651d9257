using System.Text.Json;
using Quipu.Packaging;
using Quipu.Testing;

namespace Quipu.Cli.Tests;

/// <summary>The tools for containers, through the real program; the programs in the containers are toys.</summary>
public sealed class PackagingToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("quipu-").FullName;

    public PackagingToolTests() => ToyEngine.Write(In("engine"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_packed_model_runs_from_its_container_with_its_arguments()
    {
        string packed = In("smol.llamafile");
        var pack = await QuipuProcess.RunAsync("", "pack", TestPaths.BundledModel, "--engine", In("engine"), "-o", packed, "--", "--cli", "--log-disable");
        Assert.Equal((0, ""), (pack.ExitCode, pack.Error));
        var args = await QuipuProcess.RunAsync("", "args", packed);
        Assert.Equal("-m\nSmolLM2-135M-Instruct-Q4_1.gguf\n--cli\n--log-disable\n...\n", args.Output);
        // The launcher tells the program by this variable which container it came in.
        var run = await QuipuProcess.RunInAsync(packed, "-p", "Hello!", "-n", "5");
        var plain = await QuipuProcess.RunAsync("", "--cli", "-p", "Hello!", "-n", "5", "--log-disable");
        Assert.Equal(plain, run);
        var other = await QuipuProcess.RunAsync("", "--cli", "-m", packed, "-p", "Hello!", "-n", "5", "--log-disable");
        Assert.Equal(plain, other);
        var tool = await QuipuProcess.RunInAsync(packed, "tokenize", "Hello world", "--json");
        Assert.Equal(0, tool.ExitCode);
        var verify = await QuipuProcess.RunAsync("", "verify", packed, "--json");
        Assert.Equal(0, verify.ExitCode);
        using var json = JsonDocument.Parse(verify.Output);
        Assert.True(json.RootElement.GetProperty("whole").GetBoolean());
    }

    [Fact]
    public async Task Arguments_are_changed_and_damage_is_found()
    {
        string packed = await PackTinyAsync("--add", TestPaths.Fixture("README.md"));
        Assert.Equal(0, (await QuipuProcess.RunAsync("", "args", packed, "--", "--temp", "0.5", "...")).ExitCode);
        Assert.Equal("--temp\n0.5\n...\n", (await QuipuProcess.RunAsync("", "args", packed)).Output);
        var wrong = await QuipuProcess.RunAsync("", "args", packed, "--", "--tempp", "0.5");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("would not start with these arguments", wrong.Error, StringComparison.Ordinal);
        using (var json = JsonDocument.Parse((await QuipuProcess.RunAsync("", "ls", packed, "--json")).Output))
        {
            Assert.Equal(["tiny2l-Q4_0.gguf", "LICENSE", "README.md", ".args"],
                json.RootElement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
            Assert.Equal(0, json.RootElement.GetProperty("entries")[0].GetProperty("offset").GetInt64() % 65536);
        }
        byte[] bytes = File.ReadAllBytes(packed);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(packed, bytes);
        var verify = await QuipuProcess.RunAsync("", "verify", packed);
        Assert.Equal(2, verify.ExitCode);
        Assert.Contains("BAD entry tiny2l-Q4_0.gguf: its checksum is wrong", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_is_taken_apart_upgraded_and_made_a_plain_program()
    {
        string packed = await PackTinyAsync("--name", "tiny");
        var unpack = await QuipuProcess.RunAsync("", "unpack", packed, "-o", In("out"));
        Assert.Equal(0, unpack.ExitCode);
        Assert.Equal(File.ReadAllBytes(TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf")), File.ReadAllBytes(In("out/tiny.gguf")));
        ToyEngine.Write(In("newer"), "2");
        Assert.Equal(0, (await QuipuProcess.RunAsync("", "upgrade", packed, "--engine", In("newer"))).ExitCode);
        using (var container = Container.Open(packed))
        {
            Assert.Equal("2", container.ReadEngine()!.Version);
            Assert.Equal(["-m", "tiny.gguf", "..."], ArgumentsFile.Read(container));
        }
        Assert.Equal(0, (await QuipuProcess.RunAsync("", "native", packed, "--target", "linux-arm64", "-o", In("program"))).ExitCode);
        byte[] program = ToyEngine.Program("linux-arm64", "2");
        Assert.Equal(program, File.ReadAllBytes(In("program"))[..program.Length]);
        using (var container = Container.Open(In("program")))
            Assert.Equal(0, container.DataOffset(container.Find("tiny.gguf")!) % ContainerLayout.WeightsAlignment);
        var mac = await QuipuProcess.RunAsync("", "native", packed, "--target", "osx-arm64", "-o", In("program"));
        Assert.Equal(1, mac.ExitCode);
        Assert.Equal(0, (await QuipuProcess.RunAsync("", "native", packed, "--bare", "--target", "osx-arm64", "-o", In("program"))).ExitCode);
        Assert.Equal(ToyEngine.Program("osx-arm64", "2"), File.ReadAllBytes(In("program")));
    }

    [Fact]
    public async Task Weights_may_stay_outside()
    {
        string packed = await PackTinyAsync("--external");
        Assert.True(File.Exists(In("tiny2l-Q4_0.gguf")));
        Assert.Equal(0, (await QuipuProcess.RunAsync("", "verify", packed)).ExitCode);
        var inspect = await QuipuProcess.RunInAsync(packed, "inspect", "tiny2l-Q4_0.gguf");
        Assert.Equal((0, ""), (inspect.ExitCode, inspect.Error));
        File.Delete(In("tiny2l-Q4_0.gguf"));
        var missing = await QuipuProcess.RunInAsync(packed, "--cli", "-p", "x");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("Put the two files into one folder", missing.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await QuipuProcess.RunAsync("", "verify", packed)).ExitCode);
    }

    [Theory]
    [InlineData("pack needs a model", "pack")]
    [InlineData("Give the universal one with --engine", "pack", "MODEL")]
    [InlineData("is one of the files to pack", "pack", "MODEL", "-o", "MODEL")]
    [InlineData("would not start with these arguments: There is no flag --bogus", "pack", "MODEL", "--engine", "ENGINE", "--", "--bogus")]
    [InlineData("has no entry 'x'", "unpack", "ENGINE", "x")]
    [InlineData("is no container", "ls", "MODEL")]
    [InlineData("needs the name of the program", "native", "ENGINE")]
    [InlineData("stand behind --", "args", "ENGINE", "-", "x")]
    public async Task Mistakes_get_a_sentence(string message, params string[] arguments)
    {
        string[] line = [.. arguments.Select(argument => argument switch
        {
            "MODEL" => TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"),
            "ENGINE" => In("engine"),
            _ => argument,
        })];
        var result = await QuipuProcess.RunAsync("", line);
        Assert.InRange(result.ExitCode, 1, 2);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private async Task<string> PackTinyAsync(params string[] flags)
    {
        string packed = In("tiny.llamafile");
        var result = await QuipuProcess.RunAsync("", ["pack", TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"), "--engine", In("engine"), "-o", packed, .. flags]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return packed;
    }
}
