using Microsoft.Extensions.AI;
using Quipu.Engine;
using Quipu.Engine.Scheduling;

namespace Quipu.Extensions.AI;

/// <summary>Makes the updates of one answer.</summary>
internal sealed class UpdateFactory(string model)
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _created = DateTimeOffset.UtcNow;

    /// <summary>An update with some content.</summary>
    public ChatResponseUpdate Of(params IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = model,
        CreatedAt = _created,
    };

    /// <summary>The last update: why the answer ended, and what it cost.</summary>
    /// <param name="step">The last step.</param>
    /// <param name="called">Whether the answer calls functions.</param>
    public ChatResponseUpdate Last(GenerationStep step, bool called)
    {
        var update = Of(new UsageContent(Usage(step.Statistics!)));
        update.FinishReason = step.Finish is FinishReason.MaxTokens or FinishReason.ContextFull ? ChatFinishReason.Length
            : called ? ChatFinishReason.ToolCalls
            : ChatFinishReason.Stop;
        return update;
    }

    private static UsageDetails Usage(GenerationStatistics statistics) => new()
    {
        InputTokenCount = statistics.PromptTokens,
        CachedInputTokenCount = statistics.ReusedTokens,
        OutputTokenCount = statistics.GeneratedTokens,
        TotalTokenCount = statistics.PromptTokens + statistics.GeneratedTokens,
    };
}
