using CsCheck;
using Quipu.Tensors;

namespace Quipu.Gguf.Tests;

/// <summary>Random files: what is written is read, and written again with the same bytes.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<GgufArray> FlatArray = Gen.OneOf(
        Gen.Byte.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<byte>(a)),
        Gen.SByte.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<sbyte>(a)),
        Gen.UShort.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<ushort>(a)),
        Gen.Short.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<short>(a)),
        Gen.UInt.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<uint>(a)),
        Gen.Int.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<int>(a)),
        Gen.Float.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<float>(a)),
        Gen.Bool.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<bool>(a)),
        Gen.ULong.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<ulong>(a)),
        Gen.Long.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<long>(a)),
        Gen.Double.Array[0, 9].Select(GgufArray (a) => GgufScalarArray.From<double>(a)),
        Gen.String.Array[0, 9].Select(GgufArray (a) => GgufStringArray.From(a)));

    private static readonly Gen<GgufArray> AnyArray = Gen.Recursive<GgufArray>((depth, array) =>
        depth >= 4
            ? FlatArray
            : Gen.Frequency((3, FlatArray), (1, array.Array[0, 3].Select(GgufArray (a) => new GgufNestedArray([.. a])))));

    private static readonly Gen<GgufValue> AnyValue = Gen.OneOf(
        Gen.Byte.Select(GgufValue.From),
        Gen.SByte.Select(GgufValue.From),
        Gen.UShort.Select(GgufValue.From),
        Gen.Short.Select(GgufValue.From),
        Gen.UInt.Select(GgufValue.From),
        Gen.Int.Select(GgufValue.From),
        Gen.Float.Select(GgufValue.From),
        Gen.Bool.Select(GgufValue.From),
        Gen.String.Select(GgufValue.From),
        Gen.ULong.Select(GgufValue.From),
        Gen.Long.Select(GgufValue.From),
        Gen.Double.Select(GgufValue.From),
        Gen.Byte.Array[0, 20].Select(bytes => GgufValue.FromUtf8(bytes)),
        AnyArray.Select(GgufValue.From));

    private static readonly Gen<RandomTensor> AnyTensor =
        from name in Gen.Char.AlphaNumeric.Array[1, 12]
        from kind in Gen.OneOf((24u, 1, 1), (25u, 1, 2), (27u, 1, 8), (39u, 32, 17), (16u, 256, 66))
        from blocks in Gen.Int[1, 3]
        from others in Gen.Long[1, 4].Array[0, 3]
        let data = blocks * others.Aggregate(1, (product, length) => product * (int)length) * kind.Item3
        from bytes in Gen.Byte.Array[data]
        select new RandomTensor(new string(name), (TensorType)kind.Item1, [blocks * kind.Item2, .. others], bytes);

    private static readonly Gen<KeyValuePair<string, GgufValue>> AnyEntry =
        Gen.Select(Gen.Char.AlphaNumeric.Array[1, 20], AnyValue, (key, value) => KeyValuePair.Create(new string(key), value));

    private static readonly Gen<RandomFile> AnyFile = Gen.Select(
        AnyEntry.Array[0, 8], AnyTensor.Array[0, 5], Gen.OneOf(0u, 8u, 32u, 64u, 4096u), Gen.Bool,
        (metadata, tensors, alignment, pad) =>
            new RandomFile([.. metadata.DistinctBy(entry => entry.Key)], [.. tensors.DistinctBy(tensor => tensor.Name)], alignment, pad));

    [Fact]
    public void What_is_written_is_read() => AnyFile.Sample(random =>
    {
        var writer = new GgufWriter { PadEnd = random.PadEnd };
        if (random.Alignment != 0)
            writer.Add("general.alignment", GgufValue.From(random.Alignment));
        foreach (var (key, value) in random.Metadata)
            writer.Add(key, value);
        foreach (var (name, type, dimensions, data) in random.Tensors)
            writer.AddTensor(name, type, dimensions, data);
        byte[] bytes = WriterTests.Write(writer);

        using var file = RawFile.Open("random.gguf", ("random.gguf", bytes));
        Assert.Equal(random.Metadata.Length, file.Metadata.Count(entry => entry.Key != "general.alignment"));
        foreach (var (key, value) in random.Metadata)
            AssertSame(value, file.Metadata[key]);
        Assert.Equal(random.Tensors.Length, file.Tensors.Count);
        foreach (var (expected, tensor) in random.Tensors.Zip(file.Tensors))
        {
            Assert.Equal((expected.Name, expected.Type), (tensor.Name, tensor.Type));
            Assert.Equal(expected.Dimensions, tensor.Dimensions);
            Assert.Equal(0, tensor.Offset % file.Alignment);
            Assert.Equal(expected.Data, bytes[(int)tensor.Offset..(int)(tensor.Offset + tensor.ByteLength)]);
        }
        Assert.Equal(bytes, WriterTests.Write(GgufWriter.From(file)));
    }, iter: 2000);

    private static void AssertSame(GgufValue expected, GgufValue actual)
    {
        Assert.Equal(expected.Type, actual.Type);
        if (expected.Type == GgufValueType.Array)
        {
            Assert.Equal(expected.Array.ElementType, actual.Array.ElementType);
            Assert.Equal(expected.Array.Count, actual.Array.Count);
            for (int i = 0; i < expected.Array.Count; i++)
                AssertSame(expected.Array.GetValue(i), actual.Array.GetValue(i));
        }
        else if (expected.Type == GgufValueType.String)
        {
            Assert.Equal(expected.Utf8, actual.Utf8);
        }
        else
        {
            Assert.Equal(expected.Bits, actual.Bits);
            Assert.Equal(expected.ToString(), actual.ToString());
        }
    }

    private sealed record RandomTensor(string Name, TensorType Type, long[] Dimensions, byte[] Data);

    private sealed record RandomFile(KeyValuePair<string, GgufValue>[] Metadata, RandomTensor[] Tensors, uint Alignment, bool PadEnd);
}
