using Quipu.Gguf;
using Quipu.Testing;

namespace Quipu.Packaging.Tests;

/// <summary>Damaged containers: a sentence and a code, and never a program that is not the right one.</summary>
[Collection("Processes")] // not beside one another: a process that starts while a file is written keeps it open ("Text file busy")
public sealed class DamageTests : IDisposable
{
    private const int Mutations = 500;

    // Each takes a start of a shell; .ci/container asks for all 500.
    private static readonly int Effort = int.TryParse(Environment.GetEnvironmentVariable("QUIPU_TEST_MUTATIONS"), out int count) ? count : 50;

    private readonly TemporaryFolder _folder = new();

    // Where the programs begin, and the launcher behind them.
    private int _programs, _launcher;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Readers_end_with_a_sentence()
    {
        byte[] whole = MakeContainer();
        var random = new Random(7);
        int found = 0;
        for (int i = 0; i < Mutations; i++)
        {
            string path = _folder.Write("damaged", Mutate(whole, random));
            try
            {
                using var container = Container.Open(path);
                found += ContainerVerifier.Verify(container, null, CancellationToken.None).Any(part => part.Problem is not null) ? 1 : 0;
                using var file = GgufFile.Open(path, new WeightsLocator(null).Locate);
            }
            catch (Exception error) when (error is PackagingException or GgufException or FileNotFoundException)
            {
                found++;
            }
        }
        Report($"{Mutations} mutations read, {found} found to be damaged");
        // The others hit padding and fields that nobody reads, such as times.
        Assert.InRange(found, Mutations / 2, Mutations);
    }

    [Fact]
    public void The_launcher_runs_the_right_program_or_none() => Launch(Effort, seed: 3);

    [Fact]
    public void Every_byte_of_the_shells_own_line_may_be_wrong()
    {
        byte[] whole = MakeContainer();
        string expected = Shell.Run(_folder.Path, ["sh", "./container", "a"]).Output.Replace("/container\n", "/damaged\n", StringComparison.Ordinal);
        for (int at = 0; at < 0x200; at += Mutations / Effort)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;
            _folder.Write("damaged", damaged);
            var result = Shell.Run(_folder.Path, ["dash", "./damaged", "a"]);
            Assert.True(result.ExitCode == 0 ? result.Output == expected : result.Output.Length == 0 && result.Error.Length > 0,
                $"byte {at}: {result}");
        }
    }

    private void Launch(int count, int seed)
    {
        byte[] whole = MakeContainer();
        var random = new Random(seed);
        int refused = 0;
        string expected = Shell.Run(_folder.Path, ["sh", "./container", "a"]).Output.Replace("/container\n", "/damaged\n", StringComparison.Ordinal);
        Assert.EndsWith("<a>\n", expected, StringComparison.Ordinal);
        string[] shells = ["dash", "bash"];
        for (int i = 0; i < count; i++)
        {
            _folder.Write("damaged", Mutate(whole, random, keepLine: true));
            Directory.Delete(_folder["home"], recursive: true);
            Directory.CreateDirectory(_folder["home"]);
            string shell = shells[i % shells.Length];
            var result = Shell.Run(_folder.Path, [shell, "./damaged", "a"]);
            if (result.ExitCode == 0)
            {
                Assert.Equal(expected, result.Output);
                continue;
            }
            refused++;
            Assert.Equal("", result.Output);
            Assert.True(result.Error.Length > 0, $"mutation {i} under {shell} ended with {result.ExitCode} without a sentence");
        }
        Report($"{count} mutations started, {refused} refused, the others ran the right program");
        Assert.True(refused > count / 5, $"only {refused} of {count} were refused");
    }

    private static void Report(string figures) => TestContext.Current.TestOutputHelper?.WriteLine(figures);

    private byte[] MakeContainer()
    {
        Directory.CreateDirectory(_folder["home"]);
        var (programs, streams) = ToyEngine.Xz("--format=lzma", []) is null ? (ToyEngine.Programs(), []) : ToyEngine.Release();
        ContainerWriter.Write(
            _folder["engine"], output => ContainerEngineWriter.Write("1", ToyEngine.Windows(), programs, streams, output),
            [PackItem.Bytes("LICENSE", "the licence"u8.ToArray())], null, CancellationToken.None);
        using (var engine = Container.Open(_folder["engine"]))
        {
            var payloads = engine.ReadEngine()!.Payloads;
            (_programs, _launcher) = ((int)payloads.Min(payload => payload.Offset), (int)payloads.Max(payload => payload.Offset + payload.CompressedLength));
            ContainerWriter.Write(
                _folder["container"], ContainerWriter.EngineOf(engine),
                [PackItem.File("tiny.gguf", TestPaths.Fixture("tiny", "tiny2l-Q2_K.gguf")), PackItem.Bytes(".args", "-v\n...\n"u8.ToArray())], null, CancellationToken.None);
        }
        return File.ReadAllBytes(_folder["container"]);
    }

    /// <summary>Flips, overwrites, cuts off or doubles bytes, where it hurts: header, launcher, programs, weights' header, directory.</summary>
    /// <param name="whole">The container.</param>
    /// <param name="random">What decides.</param>
    /// <param name="keepLine">Whether the shell's own line stays: that has a test of its own.</param>
    private byte[] Mutate(byte[] whole, Random random, bool keepLine = false)
    {
        int at = random.Next(5) switch
        {
            0 => random.Next(0, keepLine ? 0x40 : 0x400),
            1 => random.Next(_programs, _launcher),
            2 => random.Next(_launcher, _launcher + 5000),
            3 => whole.Length - 1 - random.Next(Math.Min(400, whole.Length)),
            _ => random.Next(_launcher, whole.Length),
        };
        byte[] damaged = [.. whole];
        switch (random.Next(4))
        {
            case 0:
                damaged[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                damaged[at] = (byte)random.Next(256);
                break;
            case 2:
                return at >= 0x200 ? damaged[..at] : damaged[..(0x200 + at)];
            default:
                random.NextBytes(damaged.AsSpan(at, Math.Min(random.Next(1, 8), damaged.Length - at)));
                break;
        }
        return damaged;
    }
}
