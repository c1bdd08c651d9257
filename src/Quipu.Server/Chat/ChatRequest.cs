using System.Text.Json;
using Quipu.Engine;

namespace Quipu.Server.Chat;

/// <summary>A conversation to be continued, whichever API it came by.</summary>
internal sealed record ChatRequest
{
    /// <summary>The messages, oldest first.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>How to generate.</summary>
    public required GenerationOptions Options { get; init; }

    /// <summary>What the answer must be.</summary>
    public OutputFormat Format { get; init; } = OutputFormat.Text;

    /// <summary>Functions that the model may call.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Whether it may, must, or must not.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether it may call several at once.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>Answers wanted.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Likeliest tokens to show; −1: no probabilities at all.</summary>
    public int TopLogProbs { get; init; } = -1;

    /// <summary>Whether prefixes of the prompt may come from the cache.</summary>
    public bool CachePrompt { get; init; } = true;
}

/// <summary>What an answer must be.</summary>
/// <param name="Kind">Any text, any JSON, or JSON of a schema.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Param">The field that it came by, for messages.</param>
internal sealed record OutputFormat(OutputKind Kind, JsonElement Schema = default, string Param = "response_format")
{
    /// <summary>Any text.</summary>
    public static readonly OutputFormat Text = new(OutputKind.Text);
}

/// <summary>Kinds of answers.</summary>
internal enum OutputKind
{
    /// <summary>Any text.</summary>
    Text,
    /// <summary>Any JSON object.</summary>
    JsonObject,
    /// <summary>JSON of a schema.</summary>
    JsonSchema,
}

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Parameters">The JSON schema of its arguments.</param>
internal sealed record ToolDefinition(string Name, string? Description, JsonElement? Parameters);

/// <summary>Whether functions are called.</summary>
/// <param name="Kind">Whether.</param>
/// <param name="Name">Which, where one is named.</param>
internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>As the model likes.</summary>
    public static readonly ToolChoice Auto = new(ToolChoiceKind.Auto);

    /// <summary>None.</summary>
    public static readonly ToolChoice None = new(ToolChoiceKind.None);

    /// <summary>At least one.</summary>
    public static readonly ToolChoice Required = new(ToolChoiceKind.Required);
}

/// <summary>Whether functions are called.</summary>
internal enum ToolChoiceKind
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
