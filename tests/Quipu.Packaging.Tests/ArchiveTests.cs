using System.Diagnostics;
using System.IO.Compression;
using CsCheck;
using Quipu.Testing;

namespace Quipu.Packaging.Tests;

/// <summary>The ZIP: read by others, changed by others, and damaged.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Entries_come_back_and_weights_are_aligned()
    {
        int number = 0;
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 70_000]).Array[0, 6].Sample(
            entries =>
            {
                string path = _folder[$"{Interlocked.Increment(ref number)}.zip"];
                var items = entries.Select((entry, i) => (Name: $"{i}{(entry.Item1 ? ".gguf" : ".txt")}", Bytes: entry.Item2)).ToList();
                Write(path, [.. items.Select(item => PackItem.Bytes(item.Name, item.Bytes))]);
                using (var container = Container.Open(path))
                {
                    Assert.Equal(items.Count, container.Entries.Count);
                    foreach (var (name, bytes) in items)
                    {
                        var entry = container.Find(name)!;
                        Assert.Equal(bytes, container.ReadAll(entry, 1 << 20));
                        if (entry.IsGguf)
                            Assert.Equal(0, container.DataOffset(entry) % ContainerLayout.WeightsAlignment);
                    }
                    Assert.All(ContainerVerifier.Verify(container, null, CancellationToken.None).Where(part => !part.Part.StartsWith("model", StringComparison.Ordinal)),
                        part => Assert.Null(part.Problem));
                }
                using (var zip = ZipFile.OpenRead(path))
                    foreach (var (name, bytes) in items)
                        Assert.Equal(bytes, Content(zip.GetEntry(name)!));
                File.Delete(path);
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public void Content_behind_four_gigabytes_is_found()
    {
        string path = _folder["big"];
        ContainerWriter.Write(path, output => output.Position = 4_500_000_000, [PackItem.Bytes("a.gguf", [1, 2, 3]), PackItem.Bytes(".args", "-v\n"u8.ToArray())], null,
            CancellationToken.None);
        using (var container = Container.Open(path))
        {
            Assert.Equal([1, 2, 3], container.ReadAll(container.Find("a.gguf")!, 10));
            Assert.True(container.DataOffset(container.Find("a.gguf")!) > uint.MaxValue);
            Assert.Equal(["-v"], ArgumentsFile.Read(container));
        }
        using var zip = ZipFile.OpenRead(path);
        Assert.Equal([1, 2, 3], Content(zip.GetEntry("a.gguf")!));
    }

    [Fact]
    public void Arguments_are_replaced_in_place_and_the_rest_stays()
    {
        string path = _folder["x"];
        ToyEngine.Write(_folder["engine"]);
        using (var engine = Container.Open(_folder["engine"]))
            ContainerWriter.Write(path, ContainerWriter.EngineOf(engine), [PackItem.Bytes("a.gguf", new byte[5000]), PackItem.Bytes(".args", "-v\n"u8.ToArray())], null, CancellationToken.None);
        byte[] before = File.ReadAllBytes(path);
        for (int i = 0; i < 3; i++)
            ContainerWriter.ReplaceArguments(path, ArgumentsFile.Format(["--temp", $"{i}", "..."]));
        using (var container = Container.Open(path))
        {
            Assert.Equal(["--temp", "2", "..."], ArgumentsFile.Read(container));
            Assert.Equal(new byte[5000], container.ReadAll(container.Find("a.gguf")!, 10_000));
            Assert.NotNull(container.ReadEngine());
        }
        Assert.Equal(before, File.ReadAllBytes(path)[..before.Length]);
        ContainerWriter.ReplaceArguments(path, null);
        using (var container = Container.Open(path))
            Assert.Null(ArgumentsFile.Read(container));
        Run("unzip", "-tq", path);
    }

    [Fact]
    public void Info_zip_lists_tests_and_changes_it_and_the_weights_stay_aligned()
    {
        string path = _folder["x.llamafile"];
        ToyEngine.Write(_folder["engine"]);
        byte[] one = [.. Enumerable.Range(0, 100_001).Select(i => (byte)(i * 7))], two = [.. one.Reverse()];
        using (var engine = Container.Open(_folder["engine"]))
        {
            ContainerWriter.Write(path, ContainerWriter.EngineOf(engine),
                [PackItem.Bytes(".args", "-v\n"u8.ToArray()), PackItem.Bytes("one.gguf", one), PackItem.Bytes("two.gguf", two), PackItem.Bytes("NOTICE", [1])], null, CancellationToken.None);
        }
        Run("unzip", "-l", path);
        Run("unzip", "-tq", path);
        Run("zip", "-T", path);
        File.WriteAllText(_folder[".args"], "--temp\n0.5\n...\n" + new string('\n', 2000));
        Run("zip", path, ".args");
        Check("--temp");
        _folder.Write("more.txt", [1, 2, 3]);
        Run("zip", path, "more.txt");
        Run("zip", "-d", path, "NOTICE");
        Check("--temp");

        void Check(string argument)
        {
            Run("zip", "-T", path);
            using var container = Container.Open(path);
            Assert.Equal(argument, ArgumentsFile.Read(container)![0]);
            Assert.Equal(ToyEngine.Targets, container.ReadEngine()!.Payloads.Select(payload => payload.Target));
            Assert.Equal(one, container.ReadAll(container.Find("one.gguf")!, 1 << 20));
            Assert.Equal(two, container.ReadAll(container.Find("two.gguf")!, 1 << 20));
            foreach (string name in (string[])["one.gguf", "two.gguf"])
                Assert.Equal(0, container.DataOffset(container.Find(name)!) % ContainerLayout.WeightsAlignment);
        }
    }

    [Fact]
    public void An_archive_behind_a_program_is_read_whatever_its_offsets_say()
    {
        using (var zip = ZipFile.Open(_folder["a.zip"], ZipArchiveMode.Create))
        using (var stream = zip.CreateEntry("a", CompressionLevel.NoCompression).Open())
            stream.Write("hello"u8);
        string path = _folder.Write("program", [.. new byte[777], .. File.ReadAllBytes(_folder["a.zip"])]);
        using var container = Container.Open(path);
        Assert.True(container.IsRewritten);
        Assert.Equal("hello"u8.ToArray(), container.ReadAll(container.Find("a")!, 10));
    }

    [Fact]
    public void What_is_interrupted_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var progress = new StopAfter(cancel);
        _folder.Write("old", [1]);
        Assert.Throws<OperationCanceledException>(() => ContainerWriter.Write(
            _folder["old"], _ => { }, [PackItem.Bytes("a.gguf", new byte[5 << 20])], progress, cancel.Token));
        Assert.Equal([1], File.ReadAllBytes(_folder["old"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("C:x")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void Names_that_leave_the_folder_are_refused(string name)
    {
        Assert.False(EntryNames.IsSafePath(name));
        Assert.Throws<PackagingException>(() => Write(_folder["x"], PackItem.Bytes(name, [1])));
    }

    [Fact]
    public void Two_entries_of_one_name_are_refused() =>
        Assert.Contains("Two files", Assert.Throws<PackagingException>(() => Write(_folder["x"], PackItem.Bytes("a", [1]), PackItem.Bytes("A", [1]))).Message, StringComparison.Ordinal);

    private static void Write(string path, params PackItem[] items) => ContainerWriter.Write(path, _ => { }, items, null, CancellationToken.None);

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private void Run(string program, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not installed.");
            return;
        }
        using (process)
        {
            string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode} {output}");
            Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
        }
    }

    private sealed class StopAfter(CancellationTokenSource source) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => source.Cancel();
    }
}
