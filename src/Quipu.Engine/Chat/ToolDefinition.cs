using System.Text.Json;

namespace Quipu.Engine.Chat;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Parameters">The JSON schema of its arguments; null: any object.</param>
public sealed record ToolDefinition(string Name, string? Description, JsonElement? Parameters)
{
    /// <summary>The function in OpenAI's form, which chat templates expect: <c>{"type":"function","function":{…}}</c>.</summary>
    public JsonElement ToJson() => JsonText.Build(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", Name);
        if (Description is not null)
            json.WriteString("description", Description);
        json.WritePropertyName("parameters");
        if (Parameters is { } parameters)
            parameters.WriteTo(json);
        else
            json.WriteRawValue("""{"type":"object","properties":{}}""");
        json.WriteEndObject();
        json.WriteEndObject();
    });
}

/// <summary>Whether functions are called.</summary>
/// <param name="Kind">Whether.</param>
/// <param name="Name">Which, where one is named.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>As the model likes.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceKind.Auto);

    /// <summary>None.</summary>
    public static ToolChoice None { get; } = new(ToolChoiceKind.None);

    /// <summary>At least one.</summary>
    public static ToolChoice Required { get; } = new(ToolChoiceKind.Required);
}

/// <summary>Whether functions are called.</summary>
public enum ToolChoiceKind
{
    /// <summary>As the model likes.</summary>
    Auto,
    /// <summary>None.</summary>
    None,
    /// <summary>At least one.</summary>
    Required,
    /// <summary>One that is named.</summary>
    Named,
}
