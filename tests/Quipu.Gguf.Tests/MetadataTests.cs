namespace Quipu.Gguf.Tests;

/// <summary>Typed access to metadata.</summary>
public sealed class MetadataTests
{
    private static readonly GgufMetadata Metadata = new(new Dictionary<string, GgufValue>
    {
        ["u8"] = GgufValue.From((byte)200),
        ["i8"] = GgufValue.From((sbyte)-100),
        ["u16"] = GgufValue.From((ushort)65_000),
        ["i16"] = GgufValue.From((short)-32_000),
        ["u32"] = GgufValue.From(4_000_000_000),
        ["i32"] = GgufValue.From(-2_000_000_000),
        ["u64"] = GgufValue.From(ulong.MaxValue),
        ["i64"] = GgufValue.From(long.MinValue),
        ["f32"] = GgufValue.From(1.5f),
        ["f64"] = GgufValue.From(-2.25),
        ["bool"] = GgufValue.From(true),
        ["string"] = GgufValue.From("naïve"),
        ["strings"] = GgufValue.From(["", "b", "çedilla"]),
        ["floats"] = GgufValue.FromArray<float>([1, 2.5f]),
        ["doubles"] = GgufValue.FromArray<double>([1, 2.5]),
        ["ints"] = GgufValue.FromArray<int>([1, -2]),
        ["bytes"] = GgufValue.FromArray<byte>([1, 255]),
        ["longs"] = GgufValue.FromArray<long>([1, 1L << 40]),
        ["bools"] = GgufValue.FromArray<bool>([true, false]),
        ["empty"] = GgufValue.FromArray<int>([]),
        ["nested"] = GgufValue.From(new GgufNestedArray([GgufScalarArray.From<short>([-7]), GgufStringArray.From(["x"])])),
    });

    [Theory]
    [InlineData("u8", 200)]
    [InlineData("i8", -100)]
    [InlineData("u16", 65_000)]
    [InlineData("i16", -32_000)]
    [InlineData("i32", -2_000_000_000)]
    public void Integers_of_any_width_are_integers(string key, int expected)
    {
        Assert.Equal(expected, Metadata.GetInt32(key));
        Assert.Equal(expected, Metadata.GetInt64(key));
        Assert.Equal(expected, Metadata.GetSingle(key));
    }

    [Fact]
    public void Wide_integers_are_checked()
    {
        Assert.Equal(4_000_000_000, Metadata.GetUInt32("u32"));
        Assert.Equal(4_000_000_000, Metadata.GetInt64("u32"));
        Assert.Equal(long.MinValue, Metadata.GetInt64("i64"));
        Fails(() => Metadata.GetInt32("u32"), "'u32'", "UInt32 4000000000", "-2147483648 to 2147483647");
        Fails(() => Metadata.GetUInt32("i8"), "'i8'", "Int8 -100", "0 to 4294967295");
        Fails(() => Metadata.GetInt64("u64"), "UInt64 18446744073709551615");
    }

    [Fact]
    public void Floats_truth_values_and_strings_are_read()
    {
        Assert.Equal(1.5f, Metadata.GetSingle("f32"));
        Assert.Equal(-2.25f, Metadata.GetSingle("f64"));
        Assert.True(Metadata.GetBoolean("bool"));
        Assert.Equal("naïve", Metadata.GetString("string"));
        Assert.Equal("naïve"u8, Metadata["string"].Utf8);
    }

    [Fact]
    public void Arrays_are_read()
    {
        Assert.Equal(["", "b", "çedilla"], Metadata.GetStrings("strings"));
        Assert.Equal("çedilla"u8, Metadata.GetStringArray("strings")[2]);
        Assert.Equal([1, 2.5f], Metadata.GetSingles("floats"));
        Assert.Equal([1, 2.5f], Metadata.GetSingles("doubles"));
        Assert.Equal([1, -2], Metadata.GetSingles("ints"));
        Assert.Equal([1, -2], Metadata.GetInt32s("ints"));
        Assert.Equal([1, 255], Metadata.GetInt32s("bytes"));
        Assert.Empty(Metadata.GetInt32s("empty"));
        Assert.Empty(Metadata.GetStrings("empty"));
        var nested = Assert.IsType<GgufNestedArray>(Metadata["nested"].Array);
        Assert.Equal([-7], Assert.IsType<GgufScalarArray>(nested[0]).AsSpan<short>().ToArray());
        Assert.Equal("x", nested[1].GetValue(0).GetString());
    }

    [Fact]
    public void A_wrong_type_is_an_error_that_names_both()
    {
        Fails(() => Metadata.GetString("u8"), "'u8'", "UInt8 200", "a string");
        Fails(() => Metadata.GetInt32("f32"), "'f32'", "Float32 1.5", "an integer");
        Fails(() => Metadata.GetInt32("string"), "a String");
        Fails(() => Metadata.GetBoolean("i8"), "a truth value");
        Fails(() => Metadata.GetSingle("bool"), "Bool true", "a number");
        Fails(() => Metadata.GetStrings("floats"), "an array of 2 Float32", "an array of strings");
        Fails(() => Metadata.GetStrings("u8"), "an array of strings");
        Fails(() => Metadata.GetSingles("strings"), "an array of 3 String", "an array of numbers");
        Fails(() => Metadata.GetSingles("bools"), "an array of numbers");
        Fails(() => Metadata.GetInt32s("floats"), "element 0");
        Fails(() => Metadata.GetInt32s("longs"), "element 1");
        Fails(() => Metadata.GetInt32s("u8"), "an array of integers");
    }

    [Fact]
    public void A_missing_key_is_null_or_an_error()
    {
        Assert.Null(Metadata.GetStringOrNull("none"));
        Assert.Null(Metadata.GetInt32OrNull("none"));
        Assert.Null(Metadata.GetSingleOrNull("none"));
        Assert.Null(Metadata.GetBooleanOrNull("none"));
        Assert.Null(Metadata.GetStringsOrNull("none"));
        Assert.Null(Metadata.GetSinglesOrNull("none"));
        Assert.Null(Metadata.GetInt32sOrNull("none"));
        Fails(() => Metadata.GetString("none"), "'none' is missing");
        Fails(() => Metadata.GetInt32s("none"), "'none' is missing");
        Fails(() => Metadata["none"], "'none' is missing");
    }

    [Fact]
    public void Elements_outside_an_array_do_not_exist()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Metadata["strings"].Array.GetValue(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Metadata["strings"].Array.GetValue(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Metadata["floats"].Array.GetValue(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Metadata["nested"].Array.GetValue(2));
        Assert.Throws<InvalidCastException>(() => ((GgufScalarArray)Metadata["floats"].Array).AsSpan<int>().Length);
        Assert.Throws<InvalidCastException>(() => Metadata["u8"].Array);
        Assert.Throws<InvalidCastException>(() => Metadata["u8"].GetString());
    }

    [Fact]
    public void It_is_a_dictionary_in_file_order()
    {
        Assert.Equal(21, Metadata.Count);
        Assert.Equal("u8", Metadata.Keys.First());
        Assert.Equal("nested", Metadata.Last().Key);
        Assert.True(Metadata.ContainsKey("f64"));
        Assert.False(Metadata.TryGetValue("none", out _));
    }

    private static void Fails(Func<object?> access, params string[] messages)
    {
        var error = Assert.Throws<GgufException>(() => { access(); });
        Assert.All(messages, message => Assert.Contains(message, error.Message));
    }
}
