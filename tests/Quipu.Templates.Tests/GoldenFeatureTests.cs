using System.Text.Json;
using Quipu.Testing;

namespace Quipu.Templates.Tests;

/// <summary>Small templates, one point of the language each: the reference's text or error, exactly.</summary>
public sealed class GoldenFeatureTests
{
    public static TheoryData<string, int> Topics => new()
    {
        { "assignments", 36 }, { "collections", 44 }, { "conditions", 35 }, { "errors", 50 }, { "expressions", 34 }, { "filters_json", 32 },
        { "filters_sequence", 39 }, { "filters_text", 43 }, { "globals", 22 }, { "idioms", 21 }, { "lexer", 36 }, { "loops", 49 },
        { "macros", 33 }, { "printing", 24 }, { "strings", 47 }, { "tests", 34 }, { "undefined", 30 }, { "whitespace", 35 },
    };

    [Theory]
    [MemberData(nameof(Topics))]
    public void Every_case_of_a_topic_gives_the_same_outcome(string topic, int cases)
    {
        JsonElement root = Golden.Read(TestPaths.Fixture("templates", "features", topic + ".json"));
        var wrong = new List<string>();
        foreach (JsonElement test in root.GetProperty("cases").EnumerateArray())
        {
            string template = test.GetProperty("template").GetString()!;
            TemplateValue variables = test.TryGetProperty("vars", out JsonElement vars) ? TemplateValue.FromJson(vars) : TemplateValue.Dict();
            if (Golden.Check(test, () => ChatTemplate.Parse(template).Render(variables, Golden.Now)) is { } problem)
                wrong.Add($"{test.GetProperty("name")}: {template}\n    {problem}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(cases, root.GetProperty("cases").GetArrayLength());
    }
}
