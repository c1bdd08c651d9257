using System.Text.Json;
using Quipu.Testing;

namespace Quipu.Templates.Tests;

/// <summary>The golden data made from templates of third parties, which live outside of the repository.</summary>
internal static class ThirdParty
{
    public static string Path(string model) => TestPaths.Require(
        TestPaths.Shared("golden", "templates", "third-party", model + ".json"), $"the golden data of the template {model}");

    /// <summary>The variables of a case, as the reference passed them.</summary>
    public static Dictionary<string, TemplateValue> Variables(JsonElement root, JsonElement test)
    {
        var variables = new Dictionary<string, TemplateValue>
        {
            ["messages"] = TemplateValue.FromJson(test.GetProperty("messages")),
            ["add_generation_prompt"] = TemplateValue.FromJson(test.GetProperty("add_generation_prompt")),
            ["tools"] = test.TryGetProperty("tools", out JsonElement tools) ? TemplateValue.FromJson(tools) : TemplateValue.None,
            ["documents"] = test.TryGetProperty("documents", out JsonElement documents) ? TemplateValue.FromJson(documents) : TemplateValue.None,
        };
        foreach (string token in (string[])["bos_token", "eos_token"])
            if (root.TryGetProperty(token, out JsonElement text) && text.ValueKind == JsonValueKind.String)
                variables[token] = TemplateValue.FromJson(text);
        if (test.TryGetProperty("kwargs", out JsonElement kwargs))
            foreach (JsonProperty pair in kwargs.EnumerateObject())
                variables[pair.Name] = TemplateValue.FromJson(pair.Value);
        return variables;
    }
}
