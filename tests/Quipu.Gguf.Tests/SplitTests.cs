using Quipu.Tensors;

namespace Quipu.Gguf.Tests;

/// <summary>Sets of several files.</summary>
public sealed class SplitTests
{
    private const string First = "dir/m-00001-of-00003.gguf";
    private const string Second = "dir/m-00002-of-00003.gguf";
    private const string Third = "dir/m-00003-of-00003.gguf";

    [Fact]
    public void A_set_is_opened_by_its_first_part()
    {
        using var file = RawFile.Open(First, (First, Part(0)), (Second, Part(1)), (Third, Part(2)));

        Assert.Equal([First, Second, Third], file.Paths);
        Assert.Equal(["t0", "t1", "t2"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0, 1, 2], file.Tensors.Select(tensor => tensor.Part));
        Assert.Equal(0, file.Metadata.GetInt32("split.no"));
        for (int i = 0; i < 3; i++)
        {
            var data = new MemoryStream();
            file.Tensors[i].CopyTo(data);
            Assert.Equal(new byte[] { (byte)i, 7 }, data.ToArray());
        }
    }

    [Fact]
    public void Another_part_says_which_is_the_first() => Fails(Second, [(Second, Part(1))], "part 2 of 3", "dir/m-00001-of-00003.gguf");

    [Fact]
    public void Another_part_under_another_name_says_so() => Fails("x.gguf", [("x.gguf", Part(1))], "part 2 of 3", "-00001-of-00003.gguf");

    [Fact]
    public void A_missing_part_is_named() => Fails(First, [(First, Part(0)), (Second, Part(1))], Third + " is missing", "part 3 of 3");

    [Fact]
    public void The_first_part_must_be_named_as_such()
    {
        Fails("renamed.gguf", [("renamed.gguf", Part(0))], "first of 3 parts", "-00001-of-00003.gguf");
        Fails(Second, [(Second, Part(0))], "is not named so");
        Fails("m-00001-of-00002.gguf", [("m-00001-of-00002.gguf", Part(0))], "is not named so");
    }

    [Fact]
    public void A_part_must_say_its_own_number() =>
        Fails(First, [(First, Part(0)), (Second, Part(2)), (Third, Part(1))], Second, "part 2 of 3", "split.no 2", "another set");

    [Fact]
    public void A_part_must_say_the_same_count() =>
        Fails(First, [(First, Part(0)), (Second, Part(1, count: 4)), (Third, Part(2))], Second, "split.count 4");

    [Fact]
    public void A_part_must_be_a_part() =>
        Fails(First, [(First, Part(0)), (Second, RawFile.Header().ToArray()), (Third, Part(2))], Second, "nothing for");

    [Fact]
    public void The_tensors_must_be_complete() =>
        Fails(First, [(First, Part(0, tensors: 4)), (Second, Part(1)), (Third, Part(2))], "hold 3 tensors", "says 4");

    [Fact]
    public void A_tensor_must_be_in_one_part_only() =>
        Fails(First, [(First, Part(0)), (Second, Part(1, name: "t0")), (Third, Part(2))], "'t0'", "too");

    [Fact]
    public void Numbers_must_fit_together()
    {
        Fails("a.gguf", [("a.gguf", Part(3))], "split.no 3", "split.count 3");
        Fails("a.gguf", [("a.gguf", Part(0, count: 0))], "do not fit together");
    }

    [Fact]
    public void Damage_in_a_part_is_told_with_its_name() =>
        Fails(First, [(First, Part(0)), (Second, Part(1)[..^50]), (Third, Part(2))], Second);

    [Fact]
    public void A_set_of_one_needs_no_special_name()
    {
        using var file = RawFile.Open("any.gguf", ("any.gguf", Part(0, count: 1, tensors: 1)));
        Assert.Single(file.Paths);
    }

    [Fact]
    public void Parts_on_disk_are_found()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("quipu-gguf-");
        try
        {
            for (int i = 0; i < 3; i++)
                File.WriteAllBytes(Path.Combine(folder.FullName, $"m-0000{i + 1}-of-00003.gguf"), Part(i));
            string first = Path.Combine(folder.FullName, "m-00001-of-00003.gguf");
            using (var file = GgufFile.Open(first))
                Assert.Equal(3, file.Tensors.Count);

            File.Delete(Path.Combine(folder.FullName, "m-00002-of-00003.gguf"));
            var error = Assert.Throws<GgufException>(() => GgufFile.Open(first));
            Assert.Contains("m-00002-of-00003.gguf is missing", error.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Part(int number, ushort count = 3, int tensors = 3, string? name = null)
    {
        var writer = new GgufWriter();
        writer.Add("split.no", GgufValue.From((ushort)number));
        writer.Add("split.count", GgufValue.From(count));
        writer.Add("split.tensors.count", GgufValue.From(tensors));
        writer.AddTensor(name ?? $"t{number}", (TensorType)24, [2], new byte[] { (byte)number, 7 });
        return WriterTests.Write(writer);
    }

    private static void Fails(string path, (string, byte[])[] files, params string[] messages)
    {
        var error = Assert.Throws<GgufException>(() => RawFile.Open(path, files).Dispose());
        Assert.All(messages, message => Assert.Contains(message, error.Message));
    }
}
