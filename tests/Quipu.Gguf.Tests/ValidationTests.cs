using System.Buffers.Binary;
using Quipu.Tensors;

namespace Quipu.Gguf.Tests;

/// <summary>One test for each rule that a file must keep; the message must say what was wrong and where.</summary>
public sealed class ValidationTests
{
    private const uint I8 = 24;

    [Theory]
    [InlineData("GGML", "no GGUF file")]
    [InlineData("PK\u0003\u0004", "no GGUF file")]
    public void Magic_must_be_GGUF(string magic, string message) => Fails(RawFile.Header(magic: magic), message);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(23)]
    public void A_file_must_hold_its_header(int length)
    {
        byte[] bytes = RawFile.Header().ToArray()[..length];
        var error = Assert.Throws<GgufException>(() => RawFile.Open("test.gguf", ("test.gguf", bytes)));
        Assert.Contains(length < 4 ? "no GGUF file" : "the file ends after", error.Message);
    }

    [Theory]
    [InlineData(0u, "version 0")]
    [InlineData(1u, "Convert the model again")]
    [InlineData(4u, "version 4")]
    [InlineData(0x0300_0000u, "big-endian")]
    [InlineData(0x0200_0000u, "big-endian")]
    public void Version_must_be_2_or_3(uint version, string message) => Fails(RawFile.Header(version: version), message);

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    public void Versions_2_and_3_open(uint version)
    {
        using var file = RawFile.Header(version: version).Open();
        Assert.Equal(version, file.Version);
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(1_000_000UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    public void Counts_must_fit_the_file(ulong count)
    {
        Fails(RawFile.Header(tensors: count), "the number of tensors is");
        Fails(RawFile.Header(keys: count), "the number of metadata keys is");
    }

    [Theory]
    [InlineData(9UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void String_lengths_must_fit_the_file(ulong length)
    {
        Fails(RawFile.Header(keys: 1).Key("a", GgufValueType.String).U64(length).Bytes(new byte[8]), "the length of a string", "'a'");
        Fails(RawFile.Header(keys: 1).U64(length | 16).Bytes(new byte[15]), "the length of a key");
        Fails(RawFile.Header(tensors: 1).U64(length | 32).Bytes(new byte[31]), "the length of a tensor's name");
    }

    [Fact]
    public void Keys_and_names_must_be_neither_empty_nor_endless()
    {
        Fails(RawFile.Header(keys: 1).Key("", GgufValueType.UInt64).U64(0), "the key is empty");
        Fails(RawFile.Header(tensors: 1).Tensor("", I8, 0, 1).Data(1), "the tensor's name is empty");
        Fails(RawFile.Header(keys: 1).Key(new string('k', 65_536), GgufValueType.UInt8).U8(0), "at most 65535");
        Fails(RawFile.Header(tensors: 1).Tensor(new string('n', 1025), I8, 0, 1).Data(1), "at most 1024");
    }

    [Fact]
    public void Keys_and_names_must_not_appear_twice()
    {
        Fails(RawFile.Header(keys: 2).Key("same", GgufValueType.UInt8).U8(1).Key("same", GgufValueType.Int8).U8(2), "'same' appears twice");
        Fails(RawFile.Header(tensors: 2).Tensor("same", I8, 0, 1).Tensor("same", I8, 32, 1).Data(33), "'same' appears twice");
    }

    [Fact]
    public void Value_types_must_exist()
    {
        Fails(RawFile.Header(keys: 1).Key("a", (GgufValueType)13).U64(0), "the value type 13", "'a'");
        Fails(RawFile.Header(keys: 1).Key("a", GgufValueType.Array).Array((GgufValueType)99, 0).U64(0), "the value type 99");
    }

    [Fact]
    public void Values_must_be_complete() =>
        Fails(RawFile.Header(keys: 1).Key("a", GgufValueType.UInt64).U32(0), "the file ends after", "'a'");

    [Fact]
    public void Truth_values_must_be_0_or_1()
    {
        Fails(RawFile.Header(keys: 1).Key("a", GgufValueType.Bool).U8(2), "the truth value at byte", "is 2");
        Fails(RawFile.Header(keys: 1).Key("a", GgufValueType.Array).Array(GgufValueType.Bool, 3).Bytes(0, 1, 255), "is 255");
    }

    [Theory]
    [InlineData(GgufValueType.UInt8, 9UL)]
    [InlineData(GgufValueType.Float64, 2UL)]
    [InlineData(GgufValueType.String, 2UL)]
    [InlineData(GgufValueType.Array, 1UL)]
    [InlineData(GgufValueType.Int64, ulong.MaxValue)]
    [InlineData(GgufValueType.Float64, (1UL << 61) + 1)]
    public void Array_lengths_must_fit_the_file(GgufValueType elements, ulong count) =>
        Fails(
            RawFile.Header(keys: 1).Key("a", GgufValueType.Array).Array(elements, count).Bytes(new byte[8]),
            "the length of an array is", "'a'");

    [Theory]
    [InlineData(9UL)]
    [InlineData(ulong.MaxValue)]
    public void Strings_in_arrays_must_fit_the_file(ulong length)
    {
        var file = RawFile.Header(keys: 1).Key("a", GgufValueType.Array).Array(GgufValueType.String, 2)
            .Text("first").U64(length).Bytes(new byte[8]);
        Fails(file, "string 1 of an array has", "'a'");
    }

    [Fact]
    public void An_array_of_strings_must_be_complete() =>
        Fails(RawFile.Header(keys: 1).Key("a", GgufValueType.Array).Array(GgufValueType.String, 2).Text("first 9 b").Bytes(1, 2, 3),
            "within the length of a string in an array");

    [Fact]
    public void Arrays_must_not_be_nested_too_deep()
    {
        Assert.Equal(1, Assert.IsType<GgufNestedArray>(Nested(7).Open().Metadata["a"].Array).Count);
        Fails(Nested(8), "nested deeper than 8");
        Fails(Nested(20_000), "nested deeper than 8");

        static RawFile Nested(int depth)
        {
            var file = RawFile.Header(keys: 1).Key("a", GgufValueType.Array);
            for (int i = 0; i < depth; i++)
                file.Array(GgufValueType.Array, 1);
            return file.Array(GgufValueType.UInt8, 1).U8(1);
        }
    }

    [Fact]
    public void Arrays_in_arrays_must_not_be_too_many()
    {
        const int count = (1 << 20) + 1;
        var file = RawFile.Header(keys: 1).Key("a", GgufValueType.Array).Array(GgufValueType.Array, count);
        file.Bytes(new byte[12 * count]);
        Fails(file, "more than 1048576 arrays in arrays");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(24u)]
    [InlineData(1u << 21)]
    public void Alignment_must_be_a_power_of_two(uint alignment) =>
        Fails(RawFile.Header(keys: 1).Key("general.alignment", GgufValueType.UInt32).U32(alignment), $"general.alignment is {alignment}");

    [Fact]
    public void Alignment_must_be_an_integer() =>
        Fails(RawFile.Header(keys: 1).Key("general.alignment", GgufValueType.String).Text("32"), "general.alignment", "a String");

    [Fact]
    public void Alignment_takes_effect()
    {
        using var file = RawFile.Header(tensors: 1, keys: 1).Key("general.alignment", GgufValueType.UInt32).U32(256)
            .Tensor("t", I8, 0, 4).Data(4, 256).Open();

        Assert.Equal(256, file.Alignment);
        Assert.Equal(256, file.Tensors[0].Offset);
        var copy = new MemoryStream();
        file.Tensors[0].CopyTo(copy);
        Assert.Equal([1, 2, 3, 4], copy.ToArray());
    }

    [Fact]
    public void Dimensions_must_be_at_most_four()
    {
        Fails(RawFile.Header(tensors: 1).Tensor("t", I8, 0, 1, 1, 1, 1, 1).Data(1), "5 dimensions", "'t'");
        Fails(RawFile.Header(tensors: 1).Text("t").U32(uint.MaxValue).Bytes(new byte[64]), "4294967295 dimensions");
    }

    [Theory]
    [InlineData("a dimension of 0", 0UL, 5UL)]
    [InlineData("more than 2⁶³ − 1", 1UL << 63)]
    [InlineData("more than 2⁶³ elements", 1UL << 32, 1UL << 32)]
    [InlineData("more than 2⁶³ elements", (ulong)long.MaxValue, 1UL, 1UL, 2UL)]
    public void Dimensions_must_be_positive_and_must_not_overflow(string message, params ulong[] dimensions) =>
        Fails(RawFile.Header(tensors: 1).Tensor("t", I8, 0, dimensions).Data(32), message, "'t'");

    [Fact]
    public void Bytes_must_not_overflow() =>
        Fails(RawFile.Header(tensors: 1).Tensor("t", 28, 0, 1UL << 31, 1UL << 31).Data(32), "more than 2⁶³ bytes", "'t'");

    [Fact]
    public void Rows_must_be_whole_blocks() =>
        Fails(RawFile.Header(tensors: 1).Tensor("t", 16, 0, 128, 2).Data(66), "'t'", "IQ2_XXS", "a multiple of 256");

    [Fact]
    public void Offsets_must_be_aligned() =>
        Fails(RawFile.Header(tensors: 1).Tensor("t", I8, 8, 1).Data(64), "'t'", "the offset 8", "alignment 32");

    [Theory]
    [InlineData(0UL, 65UL)]
    [InlineData(32UL, 33UL)]
    [InlineData(96UL, 1UL)]
    [InlineData(1UL << 62, 1UL)]
    [InlineData(ulong.MaxValue - 31, 64UL)]
    public void Tensors_must_lie_within_the_file(ulong offset, ulong length) =>
        Fails(RawFile.Header(tensors: 1).Tensor("t", I8, offset, length).Data(64), "'t'", "only 64 bytes of data", "cut off");

    [Fact]
    public void A_file_that_ends_before_its_data_is_cut_off() =>
        Fails(RawFile.Header(tensors: 1).Tensor("t", I8, 0, 1), "only 0 bytes of data");

    [Fact]
    public void Tensors_must_not_overlap()
    {
        Fails(RawFile.Header(tensors: 2).Tensor("a", I8, 0, 33).Tensor("b", I8, 32, 8).Data(64), "'a' and 'b' overlap");
        Fails(RawFile.Header(tensors: 2).Tensor("a", I8, 32, 8).Tensor("b", I8, 32, 8).Data(64), "overlap");
        // Of an unknown type, only where it starts is known.
        Fails(RawFile.Header(tensors: 2).Tensor("a", 4711, 32, 8).Tensor("b", 4711, 32, 8).Data(64), "overlap");
    }

    [Fact]
    public void Tensors_may_lie_in_any_order_with_gaps()
    {
        using var file = RawFile.Header(tensors: 2).Tensor("a", I8, 96, 8).Tensor("b", I8, 32, 8).Data(104).Open();
        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.True(file.Tensors[0].Offset > file.Tensors[1].Offset);
    }

    [Theory]
    [InlineData(16u, "IQ2_XXS", 256UL, 66)]
    [InlineData(19u, "IQ1_S", 256UL, 50)]
    [InlineData(34u, "TQ1_0", 256UL, 54)]
    [InlineData(39u, "MXFP4", 32UL, 17)]
    [InlineData(40u, "NVFP4", 64UL, 36)]
    [InlineData(4711u, "type 4711", 32UL, 0)]
    public void Unsupported_types_open_but_have_no_view(uint type, string name, ulong columns, int bytes)
    {
        using var file = RawFile.Header(tensors: 1).Tensor("blk.0.x", type, 0, columns).Data(128).Open();
        GgufTensor tensor = file.Tensors[0];

        Assert.Equal(name, tensor.TypeName);
        Assert.Equal(bytes, tensor.ByteLength);
        Assert.False(tensor.IsSupported);
        var error = Assert.Throws<GgufException>(() => tensor.View);
        Assert.Contains("blk.0.x", error.Message);
        Assert.Contains($"{name} ({type})", error.Message);
        Assert.Contains(string.Join(", ", Enum.GetValues<TensorType>().Where(t => TensorFormats.TryGet(t, out _))), error.Message);
    }

    [Fact]
    public void Text_that_is_no_UTF8_is_kept()
    {
        byte[] bad = [0x61, 0xFF, 0xC3];
        byte[] bytes = RawFile.Header(tensors: 1, keys: 2)
            .Text(bad).U32((uint)GgufValueType.String).Text(bad)
            .Key("array", GgufValueType.Array).Array(GgufValueType.String, 1).Text(bad)
            .Text(bad).U32(0).U32(I8).U64(0).Data(1).Data(0).ToArray();
        using var file = RawFile.Open("test.gguf", ("test.gguf", bytes));

        Assert.Equal("a\uFFFD\uFFFD", file.Metadata.Keys.First());
        Assert.Equal("a\uFFFD\uFFFD", file.Metadata.GetString("a\uFFFD\uFFFD"));
        Assert.Equal("a\uFFFD\uFFFD", file.Tensors[0].Name);
        Assert.Equal(bad, file.Metadata.GetStringArray("array")[0]);
        Assert.Equal(bytes, WriterTests.Write(GgufWriter.From(file)));
    }

    [Fact]
    public void Damage_names_the_place_in_the_file()
    {
        byte[] bytes = RawFile.Header(keys: 1).Key("a", GgufValueType.String).Text("text").ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24 + 9 + 4), 5);
        var error = Assert.Throws<GgufException>(() => RawFile.Open("folder/test.gguf", ("folder/test.gguf", bytes)));
        Assert.Contains("folder/test.gguf", error.Message);
        Assert.Contains("byte 37", error.Message);
        Assert.Contains("'a'", error.Message);
    }

    [Fact]
    public void Messages_are_harmless_for_a_terminal()
    {
        var error = Assert.Throws<GgufException>(() => RawFile.Header(tensors: 1).Tensor("\u001B[31m\n", I8, 8, 1).Data(64).Open());
        Assert.Contains("'\uFFFD[31m\uFFFD'", error.Message);
    }

    private static void Fails(RawFile file, params string[] messages)
    {
        var error = Assert.Throws<GgufException>(() => file.Open().Dispose());
        Assert.All(messages, message => Assert.Contains(message, error.Message));
    }
}
