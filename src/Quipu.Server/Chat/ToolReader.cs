using System.Text.Json;
using Quipu.Engine.Chat;
using Quipu.Server.Http;

namespace Quipu.Server.Chat;

/// <summary>Reads OpenAI's tools, of chat completions and of responses: these leave out one level of nesting.</summary>
internal static class ToolReader
{
    private const int MaxTools = 128;
    private const int MaxNameLength = 64;

    /// <summary>Reads the functions that may be called.</summary>
    public static IReadOnlyList<ToolDefinition> ReadTools(Fields fields)
    {
        List<ToolDefinition> tools = [];
        foreach (var (value, path) in fields.Array("tools", MaxTools))
        {
            var tool = Fields.Of(value, path);
            string type = tool.RequiredText("type", "'function'");
            if (type != "function")
                throw ApiException.Unsupported(
                    tool.PathOf("type"), $"'{tool.PathOf("type")}' is '{Fields.Shorten(type)}', but only functions can be called here.");
            var function = tool.Object("function") ?? tool;
            tools.Add(ReadFunction(function, "parameters"));
        }
        if (tools.GroupBy(tool => tool.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw ApiException.Invalid(fields.PathOf("tools"), $"The function '{twice.Key}' is there twice.");
        return tools;
    }

    /// <summary>Reads a function.</summary>
    /// <param name="function">Name, description, schema.</param>
    /// <param name="schemaName">The schema's field.</param>
    public static ToolDefinition ReadFunction(Fields function, string schemaName)
    {
        string name = function.RequiredText("name", "the function's name");
        if (name.Length is 0 or > MaxNameLength || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.'))
            throw ApiException.Invalid(
                function.PathOf("name"), $"'{function.PathOf("name")}' must have 1 to {MaxNameLength} letters, digits, '_', '-' and '.'.");
        JsonElement? schema = function.Object(schemaName)?.Element;
        return new ToolDefinition(name, function.Text("description"), schema);
    }

    /// <summary>Reads whether functions are called: a word, or an object that names one.</summary>
    public static ToolChoice ReadChoice(Fields fields, IReadOnlyList<ToolDefinition> tools)
    {
        if (fields.Find("tool_choice") is not { } value)
            return ToolChoice.Auto;
        string path = fields.PathOf("tool_choice");
        if (value.ValueKind == JsonValueKind.String)
        {
            string word = fields.OneOf("tool_choice", "auto", "auto", "none", "required");
            if (word == "required" && tools.Count == 0)
                throw ApiException.Invalid(path, "'tool_choice' is 'required', but there are no 'tools'.");
            return word switch { "none" => ToolChoice.None, "required" => ToolChoice.Required, _ => ToolChoice.Auto };
        }
        if (value.ValueKind != JsonValueKind.Object)
            throw ApiException.WrongType(path, "a string or an object", Fields.Kind(value));
        var choice = new Fields(value, path);
        return Named((choice.Object("function") ?? choice).RequiredText("name", "the function to call"), path, tools);
    }

    /// <summary>The choice of a function that must be among the tools.</summary>
    public static ToolChoice Named(string name, string path, IReadOnlyList<ToolDefinition> tools) => tools.Any(tool => tool.Name == name)
        ? new ToolChoice(ToolChoiceKind.Named, name)
        : throw ApiException.Invalid(path, $"'{path}' names the function '{Fields.Shorten(name)}', which is not among the 'tools'.");
}
