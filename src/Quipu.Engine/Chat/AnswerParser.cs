namespace Quipu.Engine.Chat;

/// <summary>Parts of an answer as they come: text, and calls found in it. One for each answer.</summary>
public sealed class AnswerParser
{
    private readonly ToolCallParser? _calls;

    internal AnswerParser(ToolCallParser? calls) => _calls = calls;

    /// <summary>Takes text of the answer.</summary>
    /// <param name="text">What came.</param>
    /// <param name="ended">Whether it is the last.</param>
    /// <returns>Text that is certain to be no call, and what is new of calls.</returns>
    public (string Text, IReadOnlyList<ToolCallDelta> Calls) Append(string text, bool ended) =>
        _calls?.Append(text, ended) ?? (text, []);
}
