using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.Gguf.Tests;

/// <summary>Writing, and that what was read comes out with the same bytes.</summary>
public sealed class WriterTests
{
    private const TensorType I8 = (TensorType)24;
    private const TensorType I32 = (TensorType)26;

    public static TheoryData<string> TinyModels => GgufFileTests.TinyModels;

    [Theory]
    [MemberData(nameof(TinyModels))]
    public void Tiny_models_come_out_as_they_are(string name) => ComesOutAsItIs(TestPaths.Fixture("tiny", name));

    [Theory]
    [InlineData("gemma3")]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("llama-spm")]
    [InlineData("qwen2")]
    [InlineData("smollm2")]
    public void Vocabularies_come_out_as_they_are(string name) =>
        ComesOutAsItIs(TestPaths.Require(TestPaths.Shared("golden", "tokenizer", name + ".gguf"), "The vocabulary " + name));

    [Fact]
    public void The_bundled_model_comes_out_as_it_is() => ComesOutAsItIs(TestPaths.BundledModel);

    [Fact]
    public void Both_parts_of_Gemma_come_out_as_they_are() => ComesOutAsItIs(TestPaths.Require(TestPaths.Gemma, "Gemma 3 270M"));

    [Fact]
    public void The_layout_is_that_of_the_specification()
    {
        var writer = new GgufWriter();
        writer.Add("k", GgufValue.From((ushort)258));
        writer.AddTensor("t", I8, [3, 1], new byte[] { 1, 2, 3 });
        writer.AddTensor("s", I32, [], new byte[] { 9, 8, 7, 6 });

        byte[] expected = RawFile.Header(tensors: 2, keys: 1).Key("k", GgufValueType.UInt16).Bytes(2, 1)
            .Tensor("t", 24, 0, 3, 1).Tensor("s", 26, 32).Data(3).Data(0).Bytes(9, 8, 7, 6).Data(0).ToArray();
        Assert.Equal(expected, Write(writer));
    }

    [Fact]
    public void The_end_is_filled_only_if_asked()
    {
        var writer = new GgufWriter(version: 2) { PadEnd = false };
        writer.AddTensor("t", I8, [3], stream => { stream.WriteByte(1); stream.Write([2, 3], 0, 2); });
        byte[] bytes = Write(writer);

        Assert.Equal(3, bytes.Length % 32);
        Assert.Equal(2, bytes[4]);
        Assert.Equal([1, 2, 3], bytes[^3..]);
    }

    [Fact]
    public void Tensors_of_a_file_can_be_taken_over()
    {
        using var source = GgufFile.Open(TestPaths.BundledModel);
        GgufTensor tensor = source.Tensors.First(tensor => tensor.IsSizeKnown);
        var writer = new GgufWriter();
        writer.AddTensor(tensor);
        byte[] bytes = Write(writer);
        using var copy = RawFile.Open("copy.gguf", ("copy.gguf", bytes));

        var expected = new MemoryStream();
        tensor.CopyTo(expected);
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(bytes.AsSpan((int)copy.Tensors[0].Offset, (int)copy.Tensors[0].ByteLength)));
    }

    [Fact]
    public void What_cannot_be_read_is_not_written()
    {
        var writer = new GgufWriter();
        writer.Add("a", GgufValue.From(1));
        writer.AddTensor("t", I8, [1], new byte[1]);
        GgufArray deep = GgufScalarArray.From<int>([1]);
        for (int i = 0; i < 8; i++)
            deep = new GgufNestedArray([deep]);

        Fails(() => writer.Add("a", GgufValue.From(2)), "'a' appears twice");
        Fails(() => writer.Add("", GgufValue.From(2)), "0 bytes");
        Fails(() => writer.Add(new string('k', 70_000), GgufValue.From(2)), "70000 bytes");
        Fails(() => writer.Add("deep", GgufValue.From(deep)), "nested deeper than 8");
        Fails(() => writer.AddTensor("t", I8, [1], new byte[1]), "'t' appears twice");
        Fails(() => writer.AddTensor("", I8, [1], new byte[1]), "0 bytes");
        Fails(() => writer.AddTensor("u", I8, [2], new byte[1]), "takes 2 bytes, but 1 are given");
        Fails(() => writer.AddTensor("u", I8, [1, 1, 1, 1, 1], new byte[1]), "5 dimensions");
        Fails(() => writer.AddTensor("u", I8, [-1], new byte[1]), "dimension of -1");
        Fails(() => writer.AddTensor("u", (TensorType)39, [33], new byte[17]), "a multiple of 32");
        Fails(() => writer.AddTensor("u", (TensorType)4711, [1], _ => { }), "type 4711");
        Assert.Throws<ArgumentOutOfRangeException>(() => new GgufWriter(version: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GgufWriter(version: 4));
        Assert.Throws<ArgumentException>(() => GgufScalarArray.From<char>(['a']));
    }

    [Fact]
    public void Tensors_must_write_what_they_take()
    {
        var few = new GgufWriter();
        few.AddTensor("t", I8, [4], stream => stream.Write([1, 2, 3]));
        Fails(() => Write(few), "takes 4 bytes, but only 3 were written");
        var many = new GgufWriter();
        many.AddTensor("t", I8, [4], stream => stream.Write([1, 2, 3, 4, 5]));
        Fails(() => Write(many), "takes 4 bytes, but more were written");
    }

    [Fact]
    public void Alignment_is_checked()
    {
        var writer = new GgufWriter();
        writer.Add("general.alignment", GgufValue.From(12u));
        Fails(() => Write(writer), "general.alignment is 12");
    }

    internal static byte[] Write(GgufWriter writer)
    {
        var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static void ComesOutAsItIs(string path)
    {
        using var file = GgufFile.Open(path);
        for (int part = 0; part < file.Paths.Count; part++)
        {
            using var original = File.OpenRead(file.Paths[part]);
            using var compare = new ComparingStream(original);
            GgufWriter.From(file, part).Write(compare);
            Assert.Equal(original.Length, original.Position);
        }
    }

    private static void Fails(Action write, string message) => Assert.Contains(message, Assert.Throws<GgufException>(write).Message);

    /// <summary>Compares what is written with a file, so that a large model need not lie in memory.</summary>
    private sealed class ComparingStream(Stream expected) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            byte[] there = new byte[buffer.Length];
            long start = expected.Position;
            int read = expected.ReadAtLeast(there, there.Length, throwOnEndOfStream: false);
            int same = buffer.CommonPrefixLength(there.AsSpan(0, read));
            Assert.True(same == buffer.Length, $"differs at byte {start + same}");
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
