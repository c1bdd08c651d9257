using System.Text;
using CsCheck;
using Quipu.Gguf;
using Quipu.Packaging.Programs;
using Quipu.Testing;

namespace Quipu.Packaging.Tests;

/// <summary>The programs in the container: written, read back, extracted, and every damage seen.</summary>
[Collection("Processes")] // not beside one another: a process that starts while a file is written keeps it open ("Text file busy")
public sealed class EngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Programs_come_back_byte_for_byte()
    {
        string path = _folder["quipu"];
        ToyEngine.Write(path, "1.2.3");
        using var container = Container.Open(path);
        var engine = container.ReadEngine()!;
        Assert.Equal("1.2.3", engine.Version);
        Assert.Equal(ToyEngine.Targets, engine.Payloads.Select(payload => payload.Target));
        foreach (var payload in engine.Payloads)
        {
            Assert.Equal(0, payload.Offset % ContainerLayout.BlockBytes);
            Assert.Equal(0, payload.CompressedLength % ContainerLayout.BlockBytes);
            using var program = new MemoryStream();
            ContainerEngine.Extract(container, payload, program);
            Assert.Equal(ToyEngine.Program(payload.Target, "1.2.3"), program.ToArray());
        }
        Assert.True(container.Entries.Min(entry => entry.HeaderOffset) >= engine.Length);
    }

    [Fact]
    public void Programs_of_a_common_stream_come_back_byte_for_byte()
    {
        if (ToyEngine.Xz("--format=lzma", []) is null)
            Assert.Skip("xz is not installed.");
        var (programs, streams) = ToyEngine.Release();
        string path = _folder["quipu"];
        ContainerWriter.Write(
            path, output => ContainerEngineWriter.Write("1", ToyEngine.Windows(), programs, streams, output), [PackItem.Bytes("LICENSE", [1])], null, CancellationToken.None);
        using var container = Container.Open(path);
        var payloads = container.ReadEngine()!.Payloads;
        Assert.Equal(ToyEngine.Targets.Order(), payloads.Where(payload => !payload.IsExtractor).Select(payload => payload.Target).Order());
        foreach (var payload in payloads.Where(payload => !payload.IsExtractor))
        {
            using var program = new MemoryStream();
            ContainerEngine.Extract(container, payload, program);
            Assert.Equal(ToyEngine.Program(payload.Target), program.ToArray());
        }
        Assert.DoesNotContain(ContainerVerifier.Verify(container, null, CancellationToken.None), part => part.Problem is not null);
    }

    [Fact]
    public void The_same_programs_give_the_same_bytes()
    {
        ToyEngine.Write(_folder["a"]);
        ToyEngine.Write(_folder["b"]);
        Assert.Equal(File.ReadAllBytes(_folder["a"]), File.ReadAllBytes(_folder["b"]));
    }

    [Theory]
    [InlineData(0x1000)]
    [InlineData(0x400)]
    public void The_windows_program_is_moved_but_not_changed(int headerBytes)
    {
        using var output = new MemoryStream();
        byte[] windows = ToyEngine.Windows(headerBytes);
        ContainerEngineWriter.Write("1", windows, [], [], output);
        byte[] file = output.ToArray();
        Assert.Equal("MZqFpD='\n"u8.ToArray(), file[..9]);
        int at = BitConverter.ToInt32(file, 0x3c);
        Assert.InRange(at, 0x118, headerBytes - 0x100);
        // Header and section table, then zeros, then the section itself.
        Assert.Equal(windows[0x78..(0x78 + 24 + 240 + 40)], file[at..(at + 24 + 240 + 40)]);
        Assert.Equal(windows[headerBytes..], file[headerBytes..windows.Length]);
        Assert.DoesNotContain((byte)0, file[(0x40)..at]);
        Assert.Equal(2, file[..at].Count(letter => letter == (byte)'\''));
    }

    [Fact]
    public void What_is_no_windows_program_is_refused()
    {
        using var output = new MemoryStream();
        void Fails(byte[] windows, string message) => Assert.Contains(
            message, Assert.Throws<PackagingException>(() => ContainerEngineWriter.Write("1", windows, [], [], output)).Message, StringComparison.Ordinal);
        Fails([], "has no 64-bit PE header");
        Fails(new byte[5000], "has no 64-bit PE header");
        byte[] signed = ToyEngine.Windows();
        signed[0x78 + 24 + 112 + 4 * 8] = 1;
        Fails(signed, "is signed");
        byte[] full = ToyEngine.Windows();
        full[0x300] = 1;
        Fails(full, "cannot be moved");
    }

    [Fact]
    public void Sha256_is_the_runtimes() => Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 300]).Sample(
        (bytes, split) =>
        {
            split = Math.Min(split, bytes.Length);
            var hash = new Sha256();
            hash.Append(bytes.AsSpan(0, split));
            hash.Append(bytes.AsSpan(split));
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), hash.FinishHex());
        });

    [Fact]
    public void The_checksum_is_that_of_cksum()
    {
        // From the POSIX description: the empty text, and the worked value of "123456789" that every implementation gives.
        Assert.Equal(4294967295u, PosixChecksum.Of([]));
        Assert.Equal(930766865u, PosixChecksum.Of("123456789"u8));
    }

    [Fact]
    public void The_launcher_is_ascii_and_names_every_program_once()
    {
        Payload[] payloads = [.. ToyEngine.Targets.Select((target, i) => new Payload(target, i * 4096L, 8192, 77, new string((char)('0' + i), 64)))];
        var windows = new Payload(Payload.WindowsTarget, 0, 4096, 4096, new string('f', 64));
        string text = Launcher.Write("1.0", windows, payloads);
        Assert.All(text, letter => Assert.True(letter is '\n' or (>= ' ' and <= '~')));
        Assert.DoesNotContain('@', text.Replace("\"$@\"", "", StringComparison.Ordinal));
        Assert.Equal(payloads, Launcher.ReadTable(text));
        Assert.Equal(windows, Launcher.ReadWindows(text));
        payloads[0] = payloads[0] with { Skip = 7, Extractor = "extract-linux-x64" };
        Assert.Equal(payloads, Launcher.ReadTable(Launcher.Write("1.0", windows, payloads)));
    }

    [Fact]
    public void Damage_of_header_launcher_and_programs_is_found()
    {
        string path = _folder["quipu"];
        ToyEngine.Write(path);
        byte[] whole = File.ReadAllBytes(path);
        Payload payload;
        long launcher, padding;
        using (var container = Container.Open(path))
        {
            var engine = container.ReadEngine()!;
            payload = engine.Payloads[2];
            launcher = engine.Length - 2000;
            padding = engine.Length - 1;
        }
        foreach (var (at, part) in new[] { (Encoding.Latin1.GetString(whole).IndexOf("skip=", StringComparison.Ordinal) + 1, "launcher"), ((int)launcher - 3000, "launcher"), ((int)padding, "launcher"),
            (0x1100, "program win-x64"), (0x210, "program win-x64"), (0x1f0, "program win-x64"), (20, "program win-x64"), (0x3d, "program win-x64"),
            ((int)(payload.Offset + payload.CompressedLength - 40), "program linux-x64"), ((int)(payload.Offset + payload.CompressedLength - 5), "program linux-x64") })
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;
            File.WriteAllBytes(path, damaged);
            using var container = Container.Open(path);
            Assert.Equal(part, ContainerVerifier.Verify(container, null, CancellationToken.None).First(result => result.Problem is not null).Part);
        }
    }

    [Fact]
    public void Other_files_have_no_programs_of_ours()
    {
        using (var zip = System.IO.Compression.ZipFile.Open(_folder["a.zip"], System.IO.Compression.ZipArchiveMode.Create))
            zip.CreateEntry("x");
        using var container = Container.Open(_folder["a.zip"]);
        Assert.Null(container.ReadEngine());
        Assert.Contains("no programs of Quipu", Assert.Throws<PackagingException>(() => ContainerWriter.EngineOf(container)).Message, StringComparison.Ordinal);
    }
}
