namespace Quipu.Cli.Chat;

/// <summary>What is said when the context has no more room, and what helps.</summary>
internal static class ContextMessages
{
    /// <summary>The answer stopped because the context is full.</summary>
    public static string Full(IChatModel model) =>
        $"The answer ends here: the context of {model.ContextLength} tokens is full.\n{Remedy(model)}";

    /// <summary>The conversation does not fit, so the question was not asked.</summary>
    public static string TooLong(int tokens, IChatModel model) =>
        $"The conversation with this message has {tokens} tokens, and the context holds {model.ContextLength}: the message was not sent.\n{Remedy(model)}";

    private static string Remedy(IChatModel model)
    {
        string larger = model.ContextLength < model.TrainedContextLength
            ? $" A start with -c 0 gives the model's maximum of {model.TrainedContextLength} tokens."
            : "";
        return $"Make room with /forget (the oldest exchange), /undo (the last one) or /clear (all).{larger}";
    }
}
