using System.Text.Json;
using Quipu.Testing;

namespace Quipu.Tokenizers.Tests;

/// <summary>Every text of tests/Fixtures/tokenizer: the ids and the way back that llama.cpp computed.</summary>
public class GoldenTests
{
    public static TheoryData<string> Names => Vocabularies.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_golden_text_is_encoded_and_decoded_exactly(string name)
    {
        var tokenizer = Vocabularies.Get(name);
        string fixture = name == Vocabularies.Bundled ? "smollm2" : name;
        using var cases = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Fixture("tokenizer", fixture + ".json")));
        List<string> wrong = [];
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            int[] plain = Ids(item, "ids_plain");
            Compare("ids_plain", plain, tokenizer.Encode(text, addSpecial: false, parseSpecial: false));
            Compare("ids_special", Ids(item, "ids_special"), tokenizer.Encode(text, addSpecial: false, parseSpecial: true));
            Compare("ids_special_bos", Ids(item, "ids_special_bos"), tokenizer.Encode(text, addSpecial: true, parseSpecial: true));
            string decoded = tokenizer.Decode(plain, cleanSpaces: true);
            if (decoded != item.GetProperty("detokenized_plain").GetString())
                wrong.Add($"{item.GetProperty("name")}: detokenized_plain is '{decoded}'");

            void Compare(string what, int[] expected, int[] actual)
            {
                if (!actual.AsSpan().SequenceEqual(expected))
                    wrong.Add($"{item.GetProperty("name")}: {what} is [{string.Join(',', actual)}], not [{string.Join(',', expected)}]");
            }
        }
        Assert.Equal(197, cases.RootElement.GetArrayLength());
        Assert.Empty(wrong);
    }

    private static int[] Ids(JsonElement item, string name) => [.. item.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
