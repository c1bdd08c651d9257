using Quipu.Engine;

namespace Quipu.Cli.Chat;

/// <summary>
/// Turns a conversation into the tokens of a prompt. Guaranteed: control tokens come from the model's template alone. Text that
/// somebody typed, uploaded, or that the model wrote is never read as a control token, whatever it says: a typed
/// <c>&lt;|im_end|&gt;</c> stays the text of that name. Where the contents can be located in the rendered text (see
/// <see cref="ContentLocator"/>), the tokens are otherwise exactly those of the whole text. Where they cannot, because the template
/// changes contents in some other way than by trimming, an invisible blank is put into the names of control tokens that contents hold.
/// </summary>
internal sealed class PromptBuilder(IChatModel model)
{
    private readonly Lazy<ControlPieces> _pieces = new(() => new ControlPieces(model.Tokenizer));

    /// <summary>The conversation's tokens.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the assistant is to speak next.</param>
    /// <exception cref="Templates.TemplateException">The template refuses the conversation.</exception>
    public int[] Build(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        if (model.IsBaseModel)
            return WithBos(model.Tokenizer.Encode(Text(messages), addSpecial: false, parseSpecial: false));
        string Render(IReadOnlyList<ChatMessage> list) => model.Render(list, addGenerationPrompt);
        string rendered = Render(messages);
        if (ContentLocator.Locate(messages, rendered, Render) is { } contents)
            return WithBos(Encode(rendered, contents));
        string guarded = Render([.. messages.Select(message => message with { Content = _pieces.Value.Break(message.Content) })]);
        return WithBos(model.Tokenizer.Encode(guarded, addSpecial: false, parseSpecial: true));
    }

    /// <summary>The conversation as the model sees it, control tokens by their names.</summary>
    /// <exception cref="Templates.TemplateException">The template refuses the conversation.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) =>
        model.IsBaseModel ? Text(messages) : model.Render(messages, addGenerationPrompt);

    private static string Text(IReadOnlyList<ChatMessage> messages) => string.Concat(messages.Select(message => message.Content));

    /// <summary>
    /// Divides the text at the control tokens that the template wrote, and encodes what stands between without looking for more. That is
    /// what a tokenizer does with the whole text, except that it would look into the contents too.
    /// </summary>
    private int[] Encode(string rendered, IReadOnlyList<TextSpan> contents)
    {
        var ids = new List<int>();
        int plain = 0;
        int at = 0;
        int next = 0;
        while (at < rendered.Length)
        {
            if (next < contents.Count && at >= contents[next].Start)
            {
                at = Math.Max(at, contents[next++].End);
                continue;
            }
            int limit = next < contents.Count ? contents[next].Start : rendered.Length;
            var (length, id) = _pieces.Value.MatchStart(rendered.AsSpan(at, limit - at));
            if (length == 0)
            {
                at++;
                continue;
            }
            ids.AddRange(EncodePlain(rendered[plain..at]));
            ids.Add(id);
            at += length;
            plain = at;
        }
        ids.AddRange(EncodePlain(rendered[plain..]));
        return [.. ids];
    }

    private int[] EncodePlain(string text) => model.Tokenizer.Encode(text, addSpecial: false, parseSpecial: false);

    // Some templates write BOS themselves, others leave it to the tokenizer.
    private int[] WithBos(int[] ids) =>
        model.Tokenizer is { AddBos: true, Bos: { } bos } && (ids.Length == 0 || ids[0] != bos) ? [bos, .. ids] : ids;
}
