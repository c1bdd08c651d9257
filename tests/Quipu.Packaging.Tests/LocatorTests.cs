using System.IO.Compression;
using Quipu.Gguf;
using Quipu.Testing;

namespace Quipu.Packaging.Tests;

/// <summary>From a name to the bytes of a model, wherever they lie.</summary>
public sealed class LocatorTests : IDisposable
{
    private static readonly byte[] Tiny = File.ReadAllBytes(TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_in_a_container_is_the_file_itself()
    {
        string path = Pack("x.llamafile", PackItem.Bytes("tiny.gguf", Tiny), PackItem.Bytes("mmproj-tiny.gguf", Tiny));
        foreach (string name in (string[])[path, path + "@tiny.gguf"])
        {
            using var file = GgufFile.Open(name, new WeightsLocator(null).Locate);
            Same(file);
            Assert.Equal([path + "@tiny.gguf"], file.Paths);
            Assert.Equal("tiny.gguf", file.Name);
        }
        foreach (string name in (string[])["tiny.gguf", "/zip/tiny.gguf"])
        {
            using var file = GgufFile.Open(name, new WeightsLocator(path).Locate);
            Same(file);
        }
        Assert.Equal(path + "@tiny.gguf", WeightsLocator.DefaultModel(path));
    }

    [Fact]
    public void A_file_on_the_disk_comes_before_an_entry()
    {
        string path = Pack("x.llamafile", PackItem.Bytes("tiny.gguf", [1]));
        string file = _folder.Write("a@tiny.gguf", Tiny);
        Same(GgufFile.Open(file, new WeightsLocator(path).Locate));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(77)]
    public void Other_llamafiles_are_read_wherever_their_weights_begin(int shift)
    {
        // As zip or zipalign make them: a program, then an archive whose offsets count from the file's beginning or the archive's.
        using var archive = new MemoryStream();
        byte[] program = [.. "MZqFpD='\n"u8, .. new byte[5000 + shift]];
        if (shift == 0)
            archive.Write(program);
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "usr/share/zoneinfo/UTC", [1, 2, 3], CompressionLevel.Optimal);
            Add(zip, "model.gguf", Tiny, CompressionLevel.NoCompression);
            Add(zip, ".args", "-m\nmodel.gguf\n-ngl\n9999\n...\n"u8.ToArray(), CompressionLevel.Optimal);
        }
        string path = _folder.Write("mozilla.llamafile", [.. shift == 0 ? [] : program, .. archive.ToArray()]);
        using var file = GgufFile.Open(path, new WeightsLocator(null).Locate);
        Same(file);
        Assert.Equal("model.gguf", WeightsLocator.DefaultModel(path));
        using var container = Container.Open(path);
        Assert.Null(container.ReadEngine());
    }

    [Fact]
    public void A_split_set_in_a_container_is_one_model()
    {
        string first = TestPaths.Require(TestPaths.Gemma, "Gemma 3 270M");
        string[] parts = [first, first.Replace("-00001-of-", "-00002-of-", StringComparison.Ordinal)];
        string path = Pack("x.llamafile", [.. parts.Select(part => PackItem.File(Path.GetFileName(part), part))]);
        using var file = GgufFile.Open(path, new WeightsLocator(null).Locate);
        using var plain = GgufFile.Open(first);
        Assert.Equal(plain.Tensors.Select(tensor => tensor.Name), file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(2, file.Paths.Count);
        Assert.Equal(Path.GetFileName(first), file.Name);
        using var container = Container.Open(path);
        Assert.All(container.Entries.Where(entry => entry.IsGguf), entry => Assert.Equal(0, container.DataOffset(entry) % ContainerLayout.WeightsAlignment));
    }

    [Fact]
    public void Several_models_are_named_and_the_arguments_choose()
    {
        string path = Pack("x.llamafile", PackItem.Bytes("a.gguf", Tiny), PackItem.Bytes("b.gguf", Tiny));
        string message = Assert.Throws<PackagingException>(() => new WeightsLocator(null).Locate(path)).Message;
        Assert.Contains("a.gguf, b.gguf", message, StringComparison.Ordinal);
        Assert.Contains($"-m {path}@a.gguf", message, StringComparison.Ordinal);
        Assert.Throws<PackagingException>(() => WeightsLocator.DefaultModel(path));
        string chosen = Pack("y.llamafile", PackItem.Bytes("a.gguf", Tiny), PackItem.Bytes("b.gguf", Tiny), PackItem.Bytes(".args", "-m\nb.gguf\n"u8.ToArray()));
        Assert.Equal("b.gguf", WeightsLocator.DefaultModel(chosen));
        Assert.Equal($"{chosen}@b.gguf", new WeightsLocator(null).Locate(chosen).Name);
        foreach (string stored in (string[])["--model=/zip/b.gguf\n...\n", "-m=/zip/b.gguf\n...\n", "-m\n/zip/b.gguf\n...\n"])
        {
            string other = Pack("z.llamafile", PackItem.Bytes("a.gguf", Tiny), PackItem.Bytes("b.gguf", Tiny), PackItem.Bytes(".args", System.Text.Encoding.UTF8.GetBytes(stored)));
            Assert.Equal("/zip/b.gguf", WeightsLocator.DefaultModel(other));
            Assert.Equal($"{other}@b.gguf", new WeightsLocator(null).Locate(other).Name);
        }
    }

    [Fact]
    public void What_is_not_there_or_cannot_be_mapped_is_said()
    {
        string path = Pack("x.llamafile", PackItem.Bytes("a.txt", [1]));
        void Fails<T>(string name, string? own, string message)
            where T : Exception => Assert.Contains(message, Assert.Throws<T>(() => new WeightsLocator(own).Locate(name)).Message, StringComparison.Ordinal);
        Fails<FileNotFoundException>("none.gguf", null, "none.gguf is missing.");
        Fails<FileNotFoundException>("none.gguf", path, $"nor is it in {path}");
        Fails<FileNotFoundException>(path + "@none.gguf", null, "no entry 'none.gguf'");
        Fails<PackagingException>(path, null, "holds no GGUF");
        using (var zip = ZipFile.Open(_folder["c.zip"], ZipArchiveMode.Create))
            Add(zip, "a.gguf", new byte[100_000], CompressionLevel.Optimal);
        Fails<PackagingException>(_folder["c.zip"], null, "is compressed");
        Assert.Null(WeightsLocator.DefaultModel(path));
    }

    [Fact]
    public void Weights_beside_the_container_are_found_and_checked()
    {
        _folder.Write("tiny.gguf", Tiny);
        var link = new ExternalWeights("tiny.gguf", Tiny.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Tiny)));
        string path = Pack("x.llamafile", PackItem.Bytes(ContainerLayout.ExternalEntry, ExternalWeights.Format([link])));
        using (var file = GgufFile.Open(path, new WeightsLocator(null).Locate))
            Same(file);
        using (var file = GgufFile.Open("tiny.gguf", new WeightsLocator(path).Locate))
            Assert.Equal("tiny.gguf", file.Name);
        link.Verify(path, TestContext.Current.CancellationToken);
        byte[] changed = [.. Tiny];
        changed[^1] ^= 1;
        _folder.Write("tiny.gguf", changed);
        Assert.Throws<PackagingException>(() => link.Verify(path, TestContext.Current.CancellationToken));
        _folder.Write("tiny.gguf", [1]);
        Assert.Contains("another file", Assert.Throws<PackagingException>(() => new WeightsLocator(null).Locate(path)).Message, StringComparison.Ordinal);
        File.Delete(_folder["tiny.gguf"]);
        Assert.Contains("Put the two files into one folder", Assert.Throws<PackagingException>(() => new WeightsLocator(null).Locate(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../tiny.gguf")]
    [InlineData("a/tiny.gguf")]
    public void A_link_stays_in_the_folder(string name)
    {
        string path = Pack("x.llamafile", PackItem.Bytes(ContainerLayout.ExternalEntry, ExternalWeights.Format([new(name, 1, new string('a', 64))])));
        Assert.Throws<PackagingException>(() => new WeightsLocator(null).Locate(path));
    }

    private static void Same(GgufFile file)
    {
        using var plain = GgufFile.Open(TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"));
        Assert.Equal(Tiny.Length, file.ByteLength);
        foreach (var (expected, actual) in plain.Tensors.Zip(file.Tensors))
        {
            using MemoryStream left = new(), right = new();
            expected.CopyTo(left);
            actual.CopyTo(right);
            Assert.Equal(left.ToArray(), right.ToArray());
        }
    }

    private string Pack(string name, params PackItem[] items)
    {
        string engine = _folder["engine"];
        if (!File.Exists(engine))
            ToyEngine.Write(engine);
        using var container = Container.Open(engine);
        ContainerWriter.Write(_folder[name], ContainerWriter.EngineOf(container), items, null, CancellationToken.None);
        return _folder[name];
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes, CompressionLevel level)
    {
        using var stream = zip.CreateEntry(name, level).Open();
        stream.Write(bytes);
    }
}
