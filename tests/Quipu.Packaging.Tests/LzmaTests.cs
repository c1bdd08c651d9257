using CsCheck;
using Quipu.Packaging.Programs;
using Quipu.Testing;

namespace Quipu.Packaging.Tests;

/// <summary>The LZMA decoder against the encoder of xz, with every kind of context, and against damage.</summary>
[Collection("Processes")] // not beside one another: a process that starts while a file is written keeps it open ("Text file busy")
public class LzmaTests
{
    // Repeats near and far, runs, and noise: all kinds of matches and literals occur.
    private static readonly Gen<byte[]> Content =
        from pieces in Gen.Select(Gen.Int[0, 3], Gen.Int[1, 400], Gen.Int[0, 255]).Array[0, 40]
        select Build(pieces);

    [Theory]
    [InlineData("lc=3,lp=0,pb=2")]
    [InlineData("lc=2,lp=2,pb=2")]
    [InlineData("lc=0,lp=4,pb=4")]
    [InlineData("lc=4,lp=0,pb=0")]
    public void What_xz_encodes_comes_back(string contexts)
    {
        if (ToyEngine.Xz("--format=lzma", []) is null)
            Assert.Skip("xz is not installed.");
        Content.Sample(
            content =>
            {
                byte[] stream = ToyEngine.Xz("--format=lzma --lzma1=preset=9," + contexts, content)!;
                byte[] decoded = new byte[content.Length];
                LzmaDecoder.Decode(stream, decoded);
                Assert.Equal(content, decoded);
                byte[] beginning = new byte[content.Length / 2];
                LzmaDecoder.Decode([.. stream, 0, 0, 0], beginning); // filled up to whole blocks
                Assert.Equal(content[..beginning.Length], beginning);
                Assert.Throws<InvalidDataException>(() => LzmaDecoder.Decode(stream, new byte[content.Length + 1]));
            },
            iter: 20, threads: 1);
    }

    [Fact]
    public void A_stream_from_xz_5_4_decodes()
    {
        // printf 'abracadabra abracadabra\n' | xz --format=lzma | base64
        byte[] stream = Convert.FromBase64String("XQAAgAD//////////wAwmIqqmln1Edg+sRVaRizv///zTIAA");
        byte[] text = new byte[24];
        LzmaDecoder.Decode(stream, text);
        Assert.Equal("abracadabra abracadabra\n"u8.ToArray(), text);
    }

    [Fact]
    public void Random_and_damaged_streams_end_with_an_error_or_with_other_bytes() => Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[0, 224]).Sample(
        (bytes, properties) =>
        {
            foreach (byte[] stream in (byte[][])[bytes, [(byte)properties, .. new byte[13], .. bytes]])
            {
                try
                {
                    LzmaDecoder.Decode(stream, new byte[2000]);
                }
                catch (InvalidDataException)
                {
                    // What it shall do, rather than to read or write outside of its memory.
                }
            }
        });

    private static byte[] Build((int Kind, int Count, int Value)[] pieces)
    {
        List<byte> content = [];
        foreach (var (kind, count, value) in pieces)
        {
            var random = new Random(value);
            for (int i = 0; i < count; i++)
            {
                content.Add(kind switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)value,
                    2 when content.Count > value => content[content.Count - 1 - value],
                    _ => (byte)(i * value >> 3),
                });
            }
        }
        return [.. content];
    }
}
