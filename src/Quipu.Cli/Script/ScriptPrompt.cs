using Quipu.Cli.Flags;
using Quipu.Engine;

namespace Quipu.Cli.Script;

/// <summary>Where the prompt of script mode comes from, and the tokens that it becomes.</summary>
internal static class ScriptPrompt
{
    /// <summary>The text of -p, then that of -f; without both, what is piped in.</summary>
    /// <exception cref="UsageException">There is no prompt at all.</exception>
    public static string Read(ParsedFlags flags, bool inputIsPiped)
    {
        string? text = Unescaped(flags, TextFlags.Prompt);
        if (flags.Text(TextFlags.InputFile) is { } path)
            return text + InputText.WithoutLastNewline(InputText.Read(path));
        if (text is not null)
            return text;
        if (!inputIsPiped)
            throw new UsageException("Script mode needs a prompt: give -p TEXT or -f FILE, or pipe it in.");
        text = InputText.WithoutLastNewline(InputText.Read("-"));
        return text.Length > 0 ? text : throw new UsageException("The prompt is empty: nothing is piped in, and neither -p nor -f is given.");
    }

    /// <summary>The prompt as the model is to see it: a user's turn in its chat template, or raw.</summary>
    /// <exception cref="UsageException">The flags do not go with the model, or the prompt has no token.</exception>
    public static int[] Encode(ParsedFlags flags, LanguageModel model, string prompt)
    {
        string? system = Unescaped(flags, TextFlags.SystemPrompt);
        bool raw = flags.IsOn(TextFlags.Raw);
        if (raw && (flags.Has(GeneralFlags.ChatTemplate) || flags.Has(GeneralFlags.ChatTemplateFile)))
            throw new UsageException("--raw leaves the chat template out, so it does not go with --chat-template and --chat-template-file.");
        if (!raw && !model.IsBaseModel)
        {
            ChatMessage user = new("user", prompt);
            return model.EncodeChat(system is null ? [user] : [new ChatMessage("system", system), user], []);
        }
        if (system is not null)
        {
            string reason = raw ? "--raw leaves it out" : $"{model.FileName} is a base model without one";
            throw new UsageException($"--system-prompt needs a chat template, but {reason}. Put everything into the prompt.");
        }
        int[] tokens = model.Tokenizer.Encode(prompt, addSpecial: true, parseSpecial: true);
        return tokens.Length > 0 ? tokens : throw new UsageException("The prompt is empty, and the model has no token to begin a text with.");
    }

    private static string? Unescaped(ParsedFlags flags, FlagDefinition flag) =>
        flags.Text(flag) is { } text && flags.IsOn(TextFlags.Escape, otherwise: true) ? Escapes.Read(text) : flags.Text(flag);
}
