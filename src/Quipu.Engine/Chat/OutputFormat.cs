using System.Text.Json;

namespace Quipu.Engine.Chat;

/// <summary>What an answer must be.</summary>
/// <param name="Kind">Any text, any JSON object, or JSON of a schema.</param>
/// <param name="Schema">The schema.</param>
public sealed record OutputFormat(OutputKind Kind, JsonElement Schema = default)
{
    /// <summary>Any text.</summary>
    public static OutputFormat Text { get; } = new(OutputKind.Text);

    /// <summary>Any JSON object.</summary>
    public static OutputFormat JsonObject { get; } = new(OutputKind.JsonObject);
}

/// <summary>Kinds of answers.</summary>
public enum OutputKind
{
    /// <summary>Any text.</summary>
    Text,
    /// <summary>Any JSON object.</summary>
    JsonObject,
    /// <summary>JSON of a schema.</summary>
    JsonSchema,
}
