using System.Text;
using System.Text.Json;
using Quipu.Cli.Tools;
using Quipu.Gguf;
using Quipu.Tensors;
using Quipu.Testing;

namespace Quipu.Cli.Tests;

/// <summary>The output of <c>quipu inspect</c>.</summary>
public sealed class InspectToolTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"quipu-inspect-{Guid.NewGuid():N}.gguf");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Text_shows_header_metadata_tensors_and_totals()
    {
        string text = Run(TestPaths.BundledModel, json: false);
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries);

        Assert.Equal(TestPaths.BundledModel, lines[0]);
        Assert.Equal("GGUF version 3, alignment 32, 87745600 bytes", lines[1]);
        Assert.Contains(lines, line => Words(line) is ["general.architecture", "String", "\"llama\""]);
        Assert.Contains(lines, line => Words(line) is ["tokenizer.ggml.tokens", "String[49152]", "[\"<|endoftext|>\",", .., "more]"]);
        Assert.Contains("Tensors: 272", lines);
        Assert.Contains(lines, line => Words(line) is ["blk.29.ffn_up.weight", "Q4_1", "[576,", "1536]", "552960", "87192640", "1"]);
        Assert.Contains("Totals", lines);
        Assert.Contains(lines, line => Words(line) is ["F32", "61", "35136", "140544"]);

        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void Columns_are_aligned()
    {
        string[] lines = Run(TestPaths.Fixture("tiny", "tiny2l-Q4_0.gguf"), json: false).Split('\n');
        int header = Array.FindIndex(lines, line => line.StartsWith("  name ", StringComparison.Ordinal));
        var table = lines[header..].TakeWhile(line => line.Length > 0).ToArray();

        Assert.Single(table.Select(line => line.Length).Distinct());
        Assert.True(table.Length > 20);
    }

    [Fact]
    public void Json_is_complete()
    {
        using var json = JsonDocument.Parse(Run(TestPaths.BundledModel, json: true));
        JsonElement root = json.RootElement;
        using var file = GgufFile.Open(TestPaths.BundledModel);

        Assert.Equal(["files", "bytes", "version", "alignment", "metadata", "tensors", "totals"], Names(root));
        JsonElement metadata = root.GetProperty("metadata");
        Assert.Equal(file.Metadata.Keys, Names(metadata));
        JsonElement tokens = metadata.GetProperty("tokenizer.ggml.tokens");
        Assert.Equal("String", tokens.GetProperty("elementType").GetString());
        Assert.Equal(49_152, tokens.GetProperty("count").GetInt32());
        Assert.Equal(
            file.Metadata.GetStrings("tokenizer.ggml.tokens"),
            tokens.GetProperty("value").EnumerateArray().Select(token => token.GetString()!));
        Assert.Equal(100_000, metadata.GetProperty("llama.rope.freq_base").GetProperty("value").GetSingle());

        JsonElement[] tensors = [.. root.GetProperty("tensors").EnumerateArray()];
        Assert.Equal(file.Tensors.Select(tensor => tensor.Name), tensors.Select(tensor => tensor.GetProperty("name").GetString()!));
        Assert.Equal(file.Tensors.Select(tensor => tensor.Offset), tensors.Select(tensor => tensor.GetProperty("offset").GetInt64()));
        Assert.Equal(["name", "type", "typeNumber", "supported", "shape", "bytes", "offset", "part"], Names(tensors[0]));
        Assert.Equal(272, root.GetProperty("totals").EnumerateArray().Sum(total => total.GetProperty("tensors").GetInt32()));

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
    }

    [Fact]
    public void Both_parts_of_a_set_are_shown()
    {
        string path = TestPaths.Require(TestPaths.Gemma, "Gemma 3 270M");
        using var json = JsonDocument.Parse(Run(path, json: true));

        Assert.Equal(2, json.RootElement.GetProperty("files").GetArrayLength());
        var parts = json.RootElement.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("part").GetInt32());
        Assert.Equal([1, 2], parts.Distinct());
        Assert.Contains("-00002-of-00002.gguf (part 2 of 2)", Run(path, json: false));
    }

    [Fact]
    public void A_vocabulary_has_no_tensors()
    {
        var writer = new GgufWriter();
        writer.Add("general.type", GgufValue.From("vocab"));
        Save(writer);

        Assert.EndsWith("Tensors: 0", Run(_path, json: false).TrimEnd());
        using var json = JsonDocument.Parse(Run(_path, json: true));
        Assert.Equal(0, json.RootElement.GetProperty("tensors").GetArrayLength());
        Assert.Equal(0, json.RootElement.GetProperty("totals").GetArrayLength());
    }

    [Fact]
    public void Every_type_of_value_is_shown()
    {
        var writer = new GgufWriter();
        writer.Add("nan", GgufValue.From(float.NaN));
        writer.Add("infinity", GgufValue.From(double.NegativeInfinity));
        writer.Add("tenth", GgufValue.From(0.1f));
        writer.Add("tiny", GgufValue.From(1e-300));
        writer.Add("huge", GgufValue.From(ulong.MaxValue));
        writer.Add("negative", GgufValue.From((sbyte)-1));
        writer.Add("truth", GgufValue.From(true));
        var nested = new GgufNestedArray([GgufScalarArray.From<bool>([true, false]), GgufStringArray.From(["\"\\\n"])]);
        writer.Add("nested", GgufValue.From(nested));
        Save(writer);

        using var json = JsonDocument.Parse(Run(_path, json: true));
        JsonElement metadata = json.RootElement.GetProperty("metadata");
        Assert.Equal("NaN", Value("nan").GetString());
        Assert.Equal("-Infinity", Value("infinity").GetString());
        Assert.Equal("0.1", Value("tenth").GetRawText());
        Assert.Equal(1e-300, Value("tiny").GetDouble());
        Assert.Equal(ulong.MaxValue, Value("huge").GetUInt64());
        Assert.Equal(-1, Value("negative").GetInt32());
        Assert.True(Value("truth").GetBoolean());
        Assert.False(Value("nested")[0].GetProperty("value")[1].GetBoolean());
        Assert.Equal("\"\\\n", Value("nested")[1].GetProperty("value")[0].GetString());

        string text = Run(_path, json: false);
        Assert.Contains("[Bool[2], String[1]]", text);
        Assert.Contains("18446744073709551615", text);

        JsonElement Value(string key) => metadata.GetProperty(key).GetProperty("value");
    }

    [Fact]
    public void Long_texts_are_cut_short_for_people_only()
    {
        string template = string.Concat(Enumerable.Repeat("{{ message }}\n", 100));
        var writer = new GgufWriter();
        writer.Add("tokenizer.chat_template", GgufValue.From(template));
        writer.Add("emoji", GgufValue.From(new string('x', 159) + "😀😀"));
        Save(writer);

        string text = Run(_path, json: false);
        Assert.Contains("… 1240 more characters", text);
        Assert.Contains("{{ message }}\\n{{", text);
        Assert.Contains("xxx\"… 4 more characters", text);
        using var json = JsonDocument.Parse(Run(_path, json: true));
        JsonElement whole = json.RootElement.GetProperty("metadata").GetProperty("tokenizer.chat_template");
        Assert.Equal(template, whole.GetProperty("value").GetString());
    }

    [Fact]
    public void Text_that_is_no_UTF8_and_control_characters_do_no_harm()
    {
        var writer = new GgufWriter();
        writer.Add("a\u001B[31m", GgufValue.FromUtf8([0x1B, (byte)'[', 0xFF, 0xC3, (byte)'\r', 0xE2, 0x80, 0xAE]));
        writer.AddTensor("XXYZ", (TensorType)24, [1], new byte[1]);
        Save(writer);
        byte[] bytes = File.ReadAllBytes(_path);
        int name = bytes.AsSpan().IndexOf("XXYZ"u8);
        bytes[name] = 0xFF;
        bytes[name + 1] = 0xC0;
        bytes[name + 2] = 0x07;
        File.WriteAllBytes(_path, bytes);

        string text = Run(_path, json: false);
        Assert.Contains("a\\u001B[31m", text);
        Assert.Contains("\"\\u001B[\uFFFD\uFFFD\\r\\u202E\"", text);
        Assert.Contains("\uFFFD\uFFFD\\u0007Z", text);
        Assert.DoesNotContain('\u001B', text);

        using var json = JsonDocument.Parse(Run(_path, json: true));
        Assert.Equal("\uFFFD\uFFFD\u0007Z", json.RootElement.GetProperty("tensors")[0].GetProperty("name").GetString());
        JsonElement odd = json.RootElement.GetProperty("metadata").GetProperty("a\u001B[31m");
        Assert.Equal("\u001B[\uFFFD\uFFFD\r\u202E", odd.GetProperty("value").GetString());
    }

    [Fact]
    public void Types_that_are_not_supported_are_shown()
    {
        var writer = new GgufWriter();
        writer.AddTensor("blk.0.x", (TensorType)16, [256], new byte[66]);
        Save(writer);
        byte[] bytes = File.ReadAllBytes(_path);
        Assert.Contains(" IQ2_XXS ", Run(_path, json: false));

        // The type follows the only dimension, 256.
        int dimension = bytes.AsSpan().IndexOf(new byte[] { 0, 1, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0 });
        bytes[dimension + 8] = 99;
        File.WriteAllBytes(_path, bytes);
        Assert.Contains(" type 99 ", Run(_path, json: false));
        using var json = JsonDocument.Parse(Run(_path, json: true));
        JsonElement tensor = json.RootElement.GetProperty("tensors")[0];
        Assert.Equal(99, tensor.GetProperty("typeNumber").GetInt32());
        Assert.False(tensor.GetProperty("supported").GetBoolean());
        Assert.Equal(JsonValueKind.Null, tensor.GetProperty("bytes").ValueKind);
    }

    [Fact]
    public void A_damaged_file_is_an_error()
    {
        File.WriteAllBytes(_path, Encoding.ASCII.GetBytes("no model"));
        Assert.Throws<GgufException>(() => Run(_path, json: false));
        Assert.Throws<FileNotFoundException>(() => Run(_path + ".none", json: true));
    }

    private static string Run(string path, bool json)
    {
        var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, InspectTool.Run(path, json, output));
        return output.ToString();
    }

    private void Save(GgufWriter writer)
    {
        using var stream = File.Create(_path);
        writer.Write(stream);
    }
}
