using Quipu.Engine.Grammars;

namespace Quipu.Engine.Chat;

/// <summary>The schema of a function's arguments cannot be kept; the message is for whoever wrote it.</summary>
/// <param name="tool">The function.</param>
/// <param name="reason">What is wrong with the schema.</param>
public sealed class ToolSchemaException(string tool, GrammarException reason)
    : Exception($"The parameters of the function '{tool}' cannot be kept: {reason.Message}", reason)
{
    /// <summary>The function.</summary>
    public string Tool { get; } = tool;
}
