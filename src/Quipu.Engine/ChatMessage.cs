using System.Collections.Immutable;

namespace Quipu.Engine;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>, or what else the model's template knows.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>Functions that the assistant called with this message.</summary>
    public ImmutableArray<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call whose result this message is.</summary>
    public string? ToolCallId { get; init; }
}

/// <summary>A call of a function.</summary>
/// <param name="Id">Its id, which its result carries.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments: the text of a JSON object.</param>
public sealed record ToolCall(string Id, string Name, string Arguments);
