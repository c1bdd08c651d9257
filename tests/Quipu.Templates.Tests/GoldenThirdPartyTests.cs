using System.Text.Json;

namespace Quipu.Templates.Tests;

/// <summary>The chat templates that models ship, over many conversations: the reference's prompts, exactly.</summary>
public sealed class GoldenThirdPartyTests
{
    public static TheoryData<string> Models => new(
        "command-r7b-tool-use", "deepseek-r1-distill-llama", "deepseek-v3.1", "functionary-v3.2", "gemma-2", "gemma-3", "glm-4.6",
        "gpt-oss", "granite-3.3", "hermes-3-tool-use", "kimi-k2", "llama-3.1", "llama-3.2", "llama-3.3", "minimax-m2",
        "mistral-nemo", "mistral-small-3.2", "phi-3.5-mini", "qwen2.5", "qwen3", "qwen3-coder", "qwq-32b", "smollm2", "smollm3");

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_conversation_gives_the_same_prompt(string model)
    {
        JsonElement root = Golden.Read(ThirdParty.Path(model));
        ChatTemplate template = ChatTemplate.Parse(root.GetProperty("template").GetString()!);
        var wrong = new List<string>();
        int count = 0;
        foreach (JsonElement test in root.GetProperty("cases").EnumerateArray())
        {
            count++;
            Dictionary<string, TemplateValue> variables = ThirdParty.Variables(root, test);
            if (Golden.Check(test, () => template.Render(variables, Golden.Now)) is { } problem)
                wrong.Add($"{test.GetProperty("name")}: {problem}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(count >= 26, $"only {count} cases");
    }
}
