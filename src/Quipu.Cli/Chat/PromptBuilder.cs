using Quipu.Engine;
using Quipu.Engine.Chat;

namespace Quipu.Cli.Chat;

/// <summary>
/// Turns a conversation into the tokens of a prompt. Control tokens come from the model's template alone: see <see cref="PromptEncoder"/>.
/// </summary>
internal sealed class PromptBuilder(IChatModel model)
{
    private readonly PromptEncoder _encoder = new(model.Tokenizer);

    /// <summary>The conversation's tokens.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the assistant is to speak next.</param>
    /// <exception cref="Templates.TemplateException">The template refuses the conversation.</exception>
    public int[] Build(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        if (model.IsBaseModel)
            return WithBos(model.Tokenizer.Encode(Text(messages), addSpecial: false, parseSpecial: false));
        return WithBos(_encoder.Encode(guard =>
            model.Render([.. messages.Select(message => new ChatMessage(guard(message.Role), guard(message.Content)))], addGenerationPrompt)));
    }

    /// <summary>The conversation as the model sees it, control tokens by their names.</summary>
    /// <exception cref="Templates.TemplateException">The template refuses the conversation.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) =>
        model.IsBaseModel ? Text(messages) : model.Render(messages, addGenerationPrompt);

    private static string Text(IReadOnlyList<ChatMessage> messages) => string.Concat(messages.Select(message => message.Content));

    // Some templates write BOS themselves, others leave it to the tokenizer.
    private int[] WithBos(int[] ids) =>
        model.Tokenizer is { AddBos: true, Bos: { } bos } && (ids.Length == 0 || ids[0] != bos) ? [bos, .. ids] : ids;
}
